import type { Db, Filter } from 'mongodb'
import { isDuplicateKey } from '../documents/is-duplicate-key.ts'
import type { RelayCursor, RelayCursors } from './relay-cursors.ts'

/** The place up to which a show is relayed, in the collection `showRelays`. */
interface RelayDocument {
  /** The show's id. */
  _id: string
  log: number
  audience: number
  endedAt: number | null
  /** False when everything is relayed and nothing more is expected. */
  isOpen: boolean
  /** The process that has the lease, and until when, ms since the epoch. */
  by: string
  until: number
}

/** A node that does not prolong a lease for this long has lost it, ms. */
export const leaseMs = 15_000
/** Abandoned shows that one sweep takes over at most. */
const maxAbandoned = 500

interface CursorParts {
  db: Db
  /** Id of this process: a restarted node is another one. */
  processId: string
  nowMs: () => number
}

/** Opens the cursors of the relay in the store. */
export async function openStoredCursors({ db, processId, nowMs }: CursorParts): Promise<RelayCursors> {
  const relays = db.collection<RelayDocument>('showRelays')
  await relays.createIndex({ isOpen: 1, until: 1 })
  await relays.createIndex({ by: 1, isOpen: 1 })
  const lease = () => ({ isOpen: true, by: processId, until: nowMs() + leaseMs })
  const cursorOf = ({ log, audience, endedAt }: RelayDocument): RelayCursor => ({ log, audience, endedAt })

  async function upsert(showId: string): Promise<RelayCursor> {
    const opened = await relays.findOneAndUpdate(
      { _id: showId },
      { $set: lease(), $setOnInsert: { log: 0, audience: 0, endedAt: null } },
      { upsert: true, returnDocument: 'after' }
    )
    if (!opened) throw new Error('the store did not return the cursor of a show')
    return cursorOf(opened)
  }

  async function takeLease(filter: Filter<RelayDocument>): Promise<RelayCursor | undefined> {
    const taken = await relays.findOneAndUpdate(filter, { $set: lease() }, { returnDocument: 'after' })
    return taken ? cursorOf(taken) : undefined
  }

  return {
    async open(showId) {
      try {
        return await upsert(showId)
      } catch (error) {
        // Another node has inserted it at the same time.
        if (!isDuplicateKey(error)) throw error
        return await upsert(showId)
      }
    },

    acquire: async showId => await takeLease({ _id: showId }),
    acquireAbandoned: async showId => await takeLease({ _id: showId, until: { $lt: nowMs() } }),

    async move(showId, stream, from, to, endedAt) {
      const { matchedCount } = await relays.updateOne(
        { _id: showId, by: processId, [stream]: from },
        { $set: { [stream]: to, endedAt, ...lease() } }
      )
      return matchedCount === 1
    },

    async close(showId, { log, audience }) {
      await relays.updateOne({ _id: showId, by: processId, log, audience }, { $set: { isOpen: false, until: 0 } })
    },

    async renew() {
      await relays.updateMany({ by: processId, isOpen: true }, { $set: { until: nowMs() + leaseMs } })
    },

    async findAbandoned() {
      const abandoned = relays
        .find({ isOpen: true, until: { $lt: nowMs() } }, { projection: { _id: 1 } })
        .limit(maxAbandoned)
      return (await abandoned.toArray()).map(({ _id }) => _id)
    },

    async release() {
      await relays.updateMany({ by: processId, isOpen: true }, { $set: { until: 0 } })
    },

    async remove(showId) {
      await relays.deleteOne({ _id: showId })
    }
  }
}
