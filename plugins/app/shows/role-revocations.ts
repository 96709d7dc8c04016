import type { Db } from 'mongodb'
import { deleteInSlices } from '../documents/slices.ts'
import { exportedRecords } from '../privacy/exported-records.ts'
import type { PersonalDataKeeper } from '../privacy/personal-data.ts'

/**
 * The latest time at which a person lost their roles in all shows of a creator. In the collection
 * `showRoleRevocations`. The event log of an ended show still names its co-hosts, and nobody writes to it any more.
 */
interface RevocationDocument {
  /** `creatorId:userId`. */
  _id: string
  creatorId: string
  userId: string
  at: Date
}

export type RoleRevocations = Awaited<ReturnType<typeof createRoleRevocations>>

/** Stores when creators took the roles in their past shows away from people. */
export async function createRoleRevocations(db: Db) {
  const revocations = db.collection<RevocationDocument>('showRoleRevocations')
  await revocations.createIndex({ creatorId: 1 })
  await revocations.createIndex({ userId: 1 })

  return {
    /** Safe to repeat; the latest time counts. */
    async add(creatorId: string, userId: string): Promise<void> {
      await revocations.updateOne(
        { _id: `${creatorId}:${userId}` },
        { $set: { creatorId, userId }, $max: { at: new Date() } },
        { upsert: true }
      )
    },

    /** Whether the person lost the roles that they had at this time. */
    async isRevokedSince(creatorId: string, userId: string, at: Date): Promise<boolean> {
      const revocation = await revocations.findOne({ _id: `${creatorId}:${userId}` }, { projection: { at: 1 } })
      return revocation !== null && revocation.at >= at
    },

    /** The revocations by a person, but not those against them. */
    personalData: {
      export: creatorId =>
        exportedRecords(revocations, { creatorId }, ({ userId, at }) => ({ userId, at: at.toISOString() })),
      async erase(userId) {
        await deleteInSlices(revocations, { creatorId: userId })
        await deleteInSlices(revocations, { userId })
      }
    } satisfies PersonalDataKeeper
  }
}
