import { CodedError } from '../../../contract/errors.ts'

/** What a list that pages by time is made of. */
export interface Keyed {
  _id: string
  createdAt: Date
}

/** Where a page ended. */
interface Key {
  createdAt: Date
  id: string
}

/** The documents that come after a page, newest first; all when there was no page before. */
type OlderThan = { $or?: [{ createdAt: { $lt: Date } }, { createdAt: Date; _id: { $lt: string } }] }

/** Newest first; equal times in the order of their ids, so that no two documents have the same place. */
export const newestFirst = { createdAt: -1, _id: -1 } as const

/** A condition for `find`. Throws VALIDATION for a cursor we never made. */
export function olderThan(cursor: string | undefined): OlderThan {
  if (cursor === undefined) return {}
  const { createdAt, id } = decode(cursor)
  return { $or: [{ createdAt: { $lt: createdAt } }, { createdAt, _id: { $lt: id } }] }
}

/** A page of what was found with `limit + 1`: one more than fits says that there is a next page. */
export function pageOf<D extends Keyed>(
  found: readonly D[],
  limit: number
): { documents: D[]; nextCursor: string | null } {
  const documents = found.slice(0, limit)
  const last = documents.at(-1)
  return {
    documents,
    nextCursor: found.length > limit && last ? encode({ createdAt: last.createdAt, id: last._id }) : null
  }
}

/** Opaque to clients. */
function encode({ createdAt, id }: Key): string {
  return Buffer.from(`${createdAt.getTime()}:${id}`).toString('base64url')
}

function decode(cursor: string): Key {
  const [, time, id] = /^(\d{1,15}):([A-Za-z0-9_-]{1,64})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (time === undefined || id === undefined) {
    throw new CodedError('VALIDATION', 'The request does not fit.', {
      issues: [{ path: '/cursor', message: 'is not a cursor of ours' }]
    })
  }
  return { createdAt: new Date(Number(time)), id }
}
