import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import type { Page, PageQuery } from '../../../contract/paging.ts'
import type { OperatorAction } from '../../../contract/safety.ts'
import { newestFirst, olderThan, pageOf } from '../documents/keyset.ts'
import { opaqueId } from '../documents/opaque-id.ts'

declare module 'fastify' {
  interface FastifyInstance {
    operatorActs: OperatorActs
  }
}

/** What an operator is about to do, to what, and why. */
export interface IntendedAct {
  operatorId: string
  type: OperatorAction['type']
  subjectId: string
  reason: string
}

interface OperatorActDocument extends IntendedAct {
  _id: string
  done: boolean
  createdAt: Date
}

export type OperatorActs = Awaited<ReturnType<typeof createOperatorActs>>

/** The log of what operators did. Nothing is ever taken out of it. */
export async function createOperatorActs(app: FastifyInstance) {
  const acts = app.db.collection<OperatorActDocument>('operatorActs')
  await acts.createIndex({ createdAt: -1, _id: -1 })
  await acts.createIndex({ subjectId: 1 })

  return {
    /** Writes the act down, does it, and notes that it is done: no act is without its entry. Throws what `carryOut` throws. */
    async record<T>(act: IntendedAct, carryOut: () => Promise<T>): Promise<T> {
      const _id = opaqueId()
      await acts.insertOne({ _id, ...act, done: false, createdAt: new Date() })
      const result = await carryOut()
      await acts.updateOne({ _id }, { $set: { done: true } })
      return result
    },

    /** Newest first. */
    async list({ limit, cursor }: PageQuery): Promise<Page<OperatorAction>> {
      const found = await acts
        .find(olderThan(cursor))
        .sort(newestFirst)
        .limit(limit + 1)
        .toArray()
      const { documents, nextCursor } = pageOf(found, limit)
      const people = await app.users.people(documents.map(({ operatorId }) => operatorId))
      const items = documents.map(({ _id, operatorId, createdAt, type, subjectId, reason, done }) => ({
        id: _id,
        at: createdAt.toISOString(),
        operator: people.get(operatorId) ?? { id: operatorId, displayName: 'Somebody', avatarUrl: null },
        type,
        subjectId,
        reason,
        done
      }))
      return { items, nextCursor }
    },

    /** What was done to an account; not by whom. */
    async *doneTo(userId: string): AsyncGenerator<object> {
      for await (const { type, reason, createdAt } of acts.find({ subjectId: userId })) {
        yield { type, reason, at: createdAt.toISOString() }
      }
    }
  }
}

export default fp(
  async app => {
    const acts = await createOperatorActs(app)
    app.decorate('operatorActs', acts)
    app.personalData.register('operatorActs', {
      export: userId => acts.doneTo(userId),
      // The log stays: it is what operators answer for. It holds ids and reasons, no names.
      erase: async () => {}
    })
  },
  { name: 'operator-acts', dependencies: ['mongodb', 'users', 'personal-data'] }
)
