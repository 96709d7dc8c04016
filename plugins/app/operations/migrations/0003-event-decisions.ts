import type { Db } from 'mongodb'
import { changesOf } from './changes-of.ts'
import { inBatches } from './in-batches.ts'

interface OldEvent {
  _id: string
  showId: string
  event: { type: string; userId?: string; by?: string | null }
  decidedIn?: string
}

/** Marks the decisions in the logs of older shows. */
export async function up(db: Db): Promise<void> {
  const events = db.collection<OldEvent>('showEvents')
  const selection = { filter: { decidedIn: { $exists: false } }, projection: { showId: 1, event: 1 } }
  const changes = changesOf(events, selection, ({ _id, showId, event: { type, userId, by } }) =>
    type === 'cohost:changed' || (by !== undefined && by !== userId)
      ? { updateOne: { filter: { _id }, update: { $set: { decidedIn: showId } } } }
      : undefined
  )
  for await (const batch of inBatches(changes)) await events.bulkWrite(batch, { ordered: false })
}
