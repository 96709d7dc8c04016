import { invalidRequest, type CodedError } from '../../../contract/errors.ts'

/** The end of a page of shows: the section of the list, and the sort values and the id of the last show. */
export interface ShowCursor {
  section: string
  values: number[]
  id: string
}

/** Encodes a cursor. Clients treat it as opaque. */
export function encodeCursor({ section, values, id }: ShowCursor): string {
  return Buffer.from([section, ...values, id].join(':')).toString('base64url')
}

/** Decodes a cursor. Throws VALIDATION for a cursor that was not made by `encodeCursor`. */
export function decodeCursor(cursor: string): ShowCursor {
  const [, section, numbers, id] =
    /^([a-z]{1,16}):((?:\d{1,15}:)+)([A-Za-z0-9_-]{1,64})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (section === undefined || numbers === undefined || id === undefined) throw foreignCursor()
  return { section, values: numbers.slice(0, -1).split(':').map(Number), id }
}

/** VALIDATION error for a cursor that does not belong to this list. */
export function foreignCursor(): CodedError {
  return invalidRequest([{ path: '/cursor', message: 'is not a cursor of this list' }])
}
