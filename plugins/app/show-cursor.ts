import { CodedError } from '../../contract/errors.ts'

/** Where a page of shows ended: the next begins after this one. */
export interface ShowCursor { createdAt: Date, id: string }

/** Opaque to clients. */
export function encodeCursor ({ createdAt, id }: ShowCursor): string {
  return Buffer.from(`${createdAt.getTime()}:${id}`).toString('base64url')
}

/** Throws VALIDATION for one we never made. */
export function decodeCursor (cursor: string): ShowCursor {
  const [, time, id] = /^(\d{1,15}):([A-Za-z0-9_-]{1,64})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (time === undefined || id === undefined) throw new CodedError('VALIDATION', 'The request does not fit.', { issues: [{ path: '/cursor', message: 'is not a cursor of ours' }] })
  return { createdAt: new Date(Number(time)), id }
}
