import { invalidRequest } from '../../../contract/errors.ts'

/** A document of a list that is paged by time. */
export interface Keyed {
  _id: string
  createdAt: Date
}

/** The position of a page's last document. */
interface Position {
  createdAt: Date
  id: string
}

/** Filter for the documents after a page, newest first. Empty for the first page. */
type OlderThan = { $or?: [{ createdAt: { $lt: Date } }, { createdAt: Date; _id: { $lt: string } }] }

/** Stores of records have no later times in their keys. */
const maxTimeMs = Date.UTC(9999, 11, 31)

/** Sorts newest first. Documents of the same time are sorted by their ids, so that no two have the same position. */
export const newestFirst = { createdAt: -1, _id: -1 } as const

/** Returns a filter for the documents after the cursor. Throws VALIDATION for an invalid cursor. */
export function olderThan(cursor: string | undefined): OlderThan {
  if (cursor === undefined) return {}
  const { createdAt, id } = decode(cursor)
  return { $or: [{ createdAt: { $lt: createdAt } }, { createdAt, _id: { $lt: id } }] }
}

/** Returns the position of a cursor, as a range of records ends before it. Throws VALIDATION for an invalid cursor. */
export function beforeCursor(cursor: string | undefined): readonly [Date, string] | undefined {
  if (cursor === undefined) return undefined
  const { createdAt, id } = decode(cursor)
  return [createdAt, id]
}

/** Returns a page of documents that were found with `limit + 1`: the extra document shows that there is a next page. */
export function pageOf<D extends Keyed>(
  found: readonly D[],
  limit: number
): { documents: D[]; nextCursor: string | null } {
  const documents = found.slice(0, limit)
  const last = documents.at(-1)
  return {
    documents,
    nextCursor: found.length > limit && last ? cursorOf(last) : null
  }
}

/** Returns the cursor of a document: a page that begins after it. */
export function cursorOf({ createdAt, _id }: Keyed): string {
  return encode({ createdAt, id: _id })
}

/** Cursors are opaque to clients. */
function encode({ createdAt, id }: Position): string {
  return Buffer.from(`${createdAt.getTime()}:${id}`).toString('base64url')
}

function decode(cursor: string): Position {
  const [, time, id] = /^(\d{1,15}):([A-Za-z0-9_-]{1,64})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (time === undefined || id === undefined || Number(time) > maxTimeMs) {
    throw invalidRequest([{ path: '/cursor', message: 'is not a cursor of this server' }])
  }
  return { createdAt: new Date(Number(time)), id }
}
