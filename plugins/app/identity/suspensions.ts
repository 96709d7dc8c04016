import fp from 'fastify-plugin'
import type { Db } from 'mongodb'
import { CodedError } from '../../../contract/errors.ts'

declare module 'fastify' {
  interface FastifyInstance {
    suspensions: Suspensions
  }
}

interface SuspensionDocument {
  _id: string
  reason: string
  createdAt: Date
}

export type Suspensions = ReturnType<typeof createSuspensions>

/** Which accounts operators have closed: nobody signs in with one, or refreshes, until it is restored. */
export function createSuspensions(db: Db) {
  const suspensions = db.collection<SuspensionDocument>('suspensions')

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

    /** Throws FORBIDDEN when the account is suspended. */
    async refuseSuspended(userId: string): Promise<void> {
      if (await suspensions.findOne({ _id: userId }, { projection: { _id: 1 } })) {
        throw new CodedError('FORBIDDEN', 'This account is suspended.')
      }
    },

    /** What is held about a person here. */
    async *heldAbout(userId: string): AsyncGenerator<object> {
      const suspension = await suspensions.findOne({ _id: userId })
      if (suspension) yield { reason: suspension.reason, createdAt: suspension.createdAt.toISOString() }
    }
  }
}

export default fp(
  async app => {
    const suspensions = createSuspensions(app.db)
    app.decorate('suspensions', suspensions)
    app.personalData.register('suspensions', {
      export: userId => suspensions.heldAbout(userId),
      erase: async userId => await suspensions.remove(userId)
    })
  },
  { name: 'suspensions', dependencies: ['mongodb', 'personal-data'] }
)
