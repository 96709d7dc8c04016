import type { Db } from 'mongodb'
import { changesOf } from './changes-of.ts'
import { inBatches } from './in-batches.ts'

interface OldBlock {
  fromId: string
  toId: string
  createdAt: Date
}

interface Revocation {
  _id: string
  creatorId: string
  userId: string
  at: Date
}

/** Stores the revocation that belongs to each older block, so that lifting such a block gives no role back. */
export async function up(db: Db): Promise<void> {
  const blocks = db.collection<OldBlock>('blocks')
  const revocations = db.collection<Revocation>('showRoleRevocations')
  const selection = { projection: { fromId: 1, toId: 1, createdAt: 1 } }
  const changes = changesOf(blocks, selection, ({ fromId: creatorId, toId: userId, createdAt }) => ({
    updateOne: {
      filter: { _id: `${creatorId}:${userId}` },
      update: { $set: { creatorId, userId }, $max: { at: createdAt } },
      upsert: true
    }
  }))
  for await (const batch of inBatches(changes)) await revocations.bulkWrite(batch, { ordered: false })
}
