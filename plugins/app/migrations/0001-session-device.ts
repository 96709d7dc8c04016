import type { AnyBulkWriteOperation, Db } from 'mongodb'

interface SessionBefore { _id: string, createdAt: Date, device?: string, lastUsedAt?: Date }

const mostAtOnce = 500

/** Sign-ins from before the server kept what device they are on and when it was last used: no name, and used when they began. */
export async function up (db: Db): Promise<void> {
  const sessions = db.collection<SessionBefore>('sessions')
  await sessions.updateMany({ device: { $exists: false } }, { $set: { device: '' } })
  let writes: Array<AnyBulkWriteOperation<SessionBefore>> = []
  const write = async () => {
    if (writes.length > 0) await sessions.bulkWrite(writes, { ordered: false })
    writes = []
  }
  for await (const { _id, createdAt } of sessions.find({ lastUsedAt: { $exists: false } }, { projection: { createdAt: 1 } })) {
    // A server that runs meanwhile may know better.
    writes.push({ updateOne: { filter: { _id, lastUsedAt: { $exists: false } }, update: { $set: { lastUsedAt: createdAt } } } })
    if (writes.length === mostAtOnce) await write()
  }
  await write()
}
