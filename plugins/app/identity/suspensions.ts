import type { Collection } from 'mongodb'
import { CodedError } from '../../../contract/errors.ts'
import { exportedRecords } from '../privacy/exported-records.ts'

export interface SuspensionDocument {
  _id: string
  reason: string
  createdAt: Date
}

export type Suspensions = ReturnType<typeof createSuspensions>

/** Accounts that operators have suspended. Nobody can sign in to them or refresh a token until they are restored. */
export function createSuspensions(suspensions: Collection<SuspensionDocument>) {
  return {
    /** Safe to repeat; the first reason stays. */
    async add(userId: string, reason: string): Promise<void> {
      await suspensions.updateOne(
        { _id: userId },
        { $setOnInsert: { reason, createdAt: new Date() } },
        { upsert: true }
      )
    },

    /** Safe to repeat. */
    async remove(userId: string): Promise<void> {
      await suspensions.deleteOne({ _id: userId })
    },

    /** Returns those of these people who are suspended. */
    async findAmong(userIds: readonly string[]): Promise<Set<string>> {
      if (userIds.length === 0) return new Set()
      const found = await suspensions.find({ _id: { $in: [...userIds] } }, { projection: { _id: 1 } }).toArray()
      return new Set(found.map(({ _id }) => _id))
    },

    /** Throws FORBIDDEN when the account is suspended. */
    async assertNotSuspended(userId: string): Promise<void> {
      if (await suspensions.findOne({ _id: userId }, { projection: { _id: 1 } })) {
        throw new CodedError('FORBIDDEN', 'This account is suspended.')
      }
    },

    export: (userId: string): AsyncIterable<object> =>
      exportedRecords(suspensions, { _id: userId }, ({ reason, createdAt }) => ({
        reason,
        createdAt: createdAt.toISOString()
      }))
  }
}
