import type { Db } from 'mongodb'
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
  const old = events.find({ decidedIn: { $exists: false } }, { projection: { showId: 1, event: 1 } })
  for await (const batch of inBatches(decisionsIn(old))) {
    await events.bulkWrite(
      batch.map(({ _id, showId }) => ({ updateOne: { filter: { _id }, update: { $set: { decidedIn: showId } } } })),
      { ordered: false }
    )
  }
}

async function* decisionsIn(events: AsyncIterable<OldEvent>): AsyncGenerator<OldEvent> {
  for await (const document of events) {
    const { type, userId, by } = document.event
    if (type === 'cohost:changed' || (by !== undefined && by !== userId)) yield document
  }
}
