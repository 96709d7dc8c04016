import type { RoomRecord } from '../../../contract/room-events.ts'
import type { EndReason } from '../../../contract/shows.ts'
import type { RoomSnapshot } from '../../../plugins/app/shows/event-log.ts'
import type { ShowFacts } from '../../../realtime/room/opening-state.ts'
import type { RoomStore, StoredShow } from '../../../realtime/rooms/room-store.ts'
import type { Delay } from './fake-mediasoup.ts'

/** Stored data of one show. */
export interface StoredShowData {
  readonly facts: ShowFacts
  status: StoredShow['status']
  endReason: EndReason | null
  readonly records: RoomRecord[]
  snapshot: RoomSnapshot | null
}

/** A store of live shows in memory. */
export interface MemoryStore extends RoomStore {
  readonly data: ReadonlyMap<string, StoredShowData>
}

/** Creates a store that holds these shows as live. Opening a show, and every write, waits for `delay`. */
export function createMemoryStore(shows: readonly ShowFacts[], delay: Delay = async () => {}): MemoryStore {
  const data = new Map(
    shows.map((facts): [string, StoredShowData] => [
      facts.id,
      { facts, status: 'live', endReason: null, records: [], snapshot: null }
    ])
  )

  function get(showId: string): StoredShowData {
    const found = data.get(showId)
    if (!found) throw new Error(`there is no show ${showId}`)
    return found
  }

  function recordOf({ facts: { playlist, ...show }, status }: StoredShowData): StoredShow {
    return { ...show, status }
  }

  return {
    data,
    shows: {
      async findRecord(showId) {
        await delay(`find ${showId}`)
        const found = data.get(showId)
        return found && recordOf(found)
      },
      listLiveIds: async () => [...data].flatMap(([showId, { status }]) => (status === 'ended' ? [] : [showId])),
      async markStatus(showId, status) {
        await delay(`store status of ${showId}`)
        get(showId).status = status
      },
      async markEnded(showId, reason) {
        await delay(`store end of ${showId}`)
        Object.assign(get(showId), { status: 'ended', endReason: reason })
      },
      recordAudience: async () => {},
      visitorIds: async () => []
    },
    playlists: { getStored: async showId => get(showId).facts.playlist },
    comments: { async *writtenSince() {} },
    events: {
      async findEnd(showId) {
        const end = get(showId).records.find(({ event }) => event.type === 'show:ended')
        return end?.event.type === 'show:ended' ? { reason: end.event.reason, at: end.at } : undefined
      }
    },
    log: {
      openWriter: showId => ({
        async append(records) {
          await delay(`store events of ${showId}`)
          get(showId).records.push(...records)
        },
        async storeSnapshot(snapshot) {
          await delay(`store snapshot of ${showId}`)
          get(showId).snapshot = snapshot
        }
      }),
      async *read(showId, afterSeq) {
        for (const record of get(showId).records) if (record.seq > afterSeq) yield record
      },
      findSnapshot: async showId => get(showId).snapshot,
      async removeSnapshot(showId) {
        get(showId).snapshot = null
      }
    }
  }
}
