import type { Collection } from 'mongodb'
import type { Page, PageQuery } from '../../../contract/paging.ts'
import type { OperatorAction } from '../../../contract/safety.ts'
import { newestFirst, olderThan, pageOf } from '../documents/keyset.ts'
import { opaqueId } from '../documents/opaque-id.ts'
import type { Users } from '../people/users.ts'
import { exportedRecords } from '../privacy/exported-records.ts'
import { personIn } from '../shows/unknown-person.ts'

/** An action an operator is about to take. */
export interface IntendedAction {
  operatorId: string
  type: OperatorAction['type']
  subjectId: string
  reason: string
}

/** A logged action as stored in the collection `operatorActs`. */
export interface OperatorActionDocument extends IntendedAction {
  _id: string
  done: boolean
  createdAt: Date
}

export interface OperatorActionsParts {
  actions: Collection<OperatorActionDocument>
  users: Pick<Users, 'people'>
}

export type OperatorActions = Awaited<ReturnType<typeof createOperatorActions>>

/** The log of operator actions. Its entries are never removed. */
export async function createOperatorActions({ actions, users }: OperatorActionsParts) {
  await actions.createIndex({ createdAt: -1, _id: -1 })
  await actions.createIndex({ subjectId: 1 })

  return {
    /**
     * Logs the action, carries it out, and marks it as done, so that no action is without its entry. Throws the errors
     * of `carryOut`.
     */
    async record<T>(action: IntendedAction, carryOut: () => Promise<T>): Promise<T> {
      const _id = opaqueId()
      await actions.insertOne({ _id, ...action, done: false, createdAt: new Date() })
      const result = await carryOut()
      await actions.updateOne({ _id }, { $set: { done: true } })
      return result
    },

    /** Newest first. */
    async list({ limit, cursor }: PageQuery): Promise<Page<OperatorAction>> {
      const found = await actions
        .find(olderThan(cursor))
        .sort(newestFirst)
        .limit(limit + 1)
        .toArray()
      const { documents, nextCursor } = pageOf(found, limit)
      const people = await users.people(documents.map(({ operatorId }) => operatorId))
      const items = documents.map(({ _id, operatorId, createdAt, type, subjectId, reason, done }) => ({
        id: _id,
        at: createdAt.toISOString(),
        operator: personIn(people, operatorId),
        type,
        subjectId,
        reason,
        done
      }))
      return { items, nextCursor }
    },

    /** Yields the actions on an account, without their operators. */
    export: (userId: string): AsyncIterable<object> =>
      exportedRecords(actions, { subjectId: userId }, ({ type, reason, createdAt }) => ({
        type,
        reason,
        at: createdAt.toISOString()
      }))
  }
}
