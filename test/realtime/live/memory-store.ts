import type { RoomRecord } from '../../../contract/room-events.ts'
import type { RoomSnapshot } from '../../../plugins/app/shows/event-log.ts'
import type { ShowFacts } from '../../../realtime/room/opening-state.ts'
import type { RoomStore } from '../../../realtime/rooms/room-store.ts'
import type { Delay } from './fake-mediasoup.ts'

/** A store with one live show in memory. Its writes wait for `delay`. */
export function memoryStore({ playlist, ...show }: ShowFacts, delay: Delay): RoomStore {
  const records: RoomRecord[] = []
  let snapshot: RoomSnapshot | null = null
  return {
    shows: {
      findRecord: async () => ({ ...show, status: 'live' }),
      listLive: async () => [],
      markStatus: async () => await delay('store status'),
      markEnded: async () => await delay('store end'),
      recordAudience: async () => {},
      visitorIds: async () => []
    },
    playlists: { getStored: async () => playlist },
    comments: { async *writtenSince() {} },
    events: { findEnd: async () => undefined },
    log: {
      openWriter: () => ({
        async append(appended) {
          await delay('store events')
          records.push(...appended)
        },
        async storeSnapshot(stored) {
          await delay('store snapshot')
          snapshot = stored
        }
      }),
      async *read(_showId, afterSeq) {
        for (const record of records) if (record.seq > afterSeq) yield record
      },
      findSnapshot: async () => snapshot,
      async removeSnapshot() {
        snapshot = null
      }
    }
  }
}
