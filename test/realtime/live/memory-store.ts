import type { AudienceRecord } from '../../../contract/audience-events.ts'
import type { EndReason } from '../../../contract/shows.ts'
import type { RoomSnapshot } from '../../../plugins/app/shows/event-tables.ts'
import { LogConflict } from '../../../plugins/app/shows/event-log.ts'
import { logRecordsOf, type LogRecord } from '../../../plugins/app/shows/log-records.ts'
import type { ShowFacts } from '../../../realtime/room/opening-state.ts'
import type { Vote } from '../../../realtime/room/votes.ts'
import type { RoomStore, StoredShow } from '../../../realtime/rooms/room-store.ts'
import type { Delay } from './fake-mediasoup.ts'

/** Stored data of one show. */
export interface StoredShowData {
  readonly facts: ShowFacts
  status: StoredShow['status']
  endReason: EndReason | null
  readonly records: LogRecord[]
  snapshot: RoomSnapshot | null
  onAirSongIds: string[]
  readonly audience: AudienceRecord[]
  /** By ballot and person. */
  readonly votes: Map<string, Vote & { choice: number }>
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
      {
        facts,
        status: 'live',
        endReason: null,
        records: [],
        snapshot: null,
        onAirSongIds: [],
        audience: [],
        votes: new Map()
      }
    ])
  )

  function get(showId: string): StoredShowData {
    const found = data.get(showId)
    if (!found) throw new Error(`there is no show ${showId}`)
    return found
  }

  /** Throws LogConflict when another writer has the slot. */
  function assertOwn(showId: string, seq: number, token: number): LogRecord | undefined {
    const stored = get(showId).records.find(record => record.seq === seq)
    if (stored && stored.token !== token) throw new LogConflict(showId, seq)
    return stored
  }

  function place(showId: string, record: LogRecord): void {
    if (!assertOwn(showId, record.seq, record.token)) get(showId).records.push(record)
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
      async markSongsOnAir(showId, songIds) {
        await delay(`store songs of ${showId}`)
        get(showId).onAirSongIds = songIds
        return true
      },
      visitorIds: async () => []
    },
    votes: {
      async store(showId, votes) {
        await delay(`store votes of ${showId}`)
        for (const { ballotId, userId, choice } of votes) {
          if (choice === null) get(showId).votes.delete(`${ballotId} ${userId}`)
          else get(showId).votes.set(`${ballotId} ${userId}`, { ballotId, userId, choice })
        }
      },
      async removeBallot(showId, ballotId) {
        await delay(`remove votes of ${showId}`)
        const { votes } = get(showId)
        for (const [key, vote] of votes) if (vote.ballotId === ballotId) votes.delete(key)
      },
      async removeOfShow(showId) {
        await delay(`remove votes of ${showId}`)
        get(showId).votes.clear()
      },
      async *ofShow(showId) {
        yield* get(showId).votes.values()
      }
    },
    playlists: { getStored: async showId => get(showId).facts.playlist },
    comments: { async *writtenSince() {}, recent: async () => [] },
    events: {
      async findEnd(showId) {
        const end = get(showId).records.find(({ event }) => event.type === 'show:ended')
        return end?.event.type === 'show:ended' ? { reason: end.event.reason, at: end.at } : undefined
      }
    },
    audience: {
      pseudonymOf: userId => `p-${userId}`,
      openWriter(showId) {
        const { audience } = get(showId)
        const waiting: Omit<AudienceRecord, 'seq'>[] = []
        return {
          add: (event, at) => waiting.push({ event, at }) > 0,
          async flush() {
            await delay(`store audience events of ${showId}`)
            for (const record of waiting.splice(0)) audience.push({ ...record, seq: audience.length + 1 })
          }
        }
      }
    },
    log: {
      async take(showId, nodeId, _afterSeq, at) {
        await delay(`take home of ${showId}`)
        const { records } = get(showId)
        const token = (records.at(-1)?.seq ?? 0) + 1
        records.push({ seq: token, at, event: { type: 'home:taken', nodeId }, token })
        return {
          token,
          async append(appended, command) {
            await delay(`store events of ${showId}`)
            for (const record of logRecordsOf(appended, token, command)) place(showId, record)
          },
          async assertFree(seq) {
            await delay(`read slot ${seq} of ${showId}`)
            assertOwn(showId, seq, token)
          },
          async storeSnapshot(snapshot) {
            await delay(`store snapshot of ${showId}`)
            get(showId).snapshot = snapshot
          }
        }
      },
      async recover(showId, records) {
        for (const record of records) if (record.seq > (get(showId).records.at(-1)?.seq ?? 0)) place(showId, record)
        return get(showId).records.at(-1)?.seq ?? 0
      },
      async recentCauses(showId, sinceMs, uptoSeq) {
        const recent = get(showId).records.filter(({ at, seq, last }) => last && at >= sinceMs && seq <= uptoSeq)
        return new Set(recent.flatMap(({ cause }) => cause ?? []))
      },
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
