import type { Db } from 'mongodb'
import { inBatches } from './in-batches.ts'

interface SessionBefore {
  _id: string
  createdAt: Date
  device?: string
  lastUsedAt?: Date
}

/** Sign-ins from before the server kept what device they are on and when it was last used: no name, and used when they began. */
export async function up(db: Db): Promise<void> {
  const sessions = db.collection<SessionBefore>('sessions')
  await sessions.updateMany({ device: { $exists: false } }, { $set: { device: '' } })
  const before = sessions.find({ lastUsedAt: { $exists: false } }, { projection: { createdAt: 1 } })
  for await (const batch of inBatches(before)) {
    // A server that runs meanwhile may know better.
    await sessions.bulkWrite(
      batch.map(({ _id, createdAt }) => ({
        updateOne: { filter: { _id, lastUsedAt: { $exists: false } }, update: { $set: { lastUsedAt: createdAt } } }
      })),
      { ordered: false }
    )
  }
}
