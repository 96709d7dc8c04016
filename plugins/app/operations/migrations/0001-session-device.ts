import type { Db } from 'mongodb'
import { inBatches } from './in-batches.ts'

interface OldSession {
  _id: string
  createdAt: Date
  device?: string
  lastUsedAt?: Date
}

/** Fills in `device` and `lastUsedAt` of older sign-ins: an unnamed device, last used when the sign-in was created. */
export async function up(db: Db): Promise<void> {
  const sessions = db.collection<OldSession>('sessions')
  await sessions.updateMany({ device: { $exists: false } }, { $set: { device: '' } })
  const old = sessions.find({ lastUsedAt: { $exists: false } }, { projection: { createdAt: 1 } })
  for await (const batch of inBatches(old)) {
    // The filter keeps the value of a server that runs meanwhile and has already set a newer one.
    await sessions.bulkWrite(
      batch.map(({ _id, createdAt }) => ({
        updateOne: { filter: { _id, lastUsedAt: { $exists: false } }, update: { $set: { lastUsedAt: createdAt } } }
      })),
      { ordered: false }
    )
  }
}
