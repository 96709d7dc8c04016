import { foreignCursor } from '../shows/cursor.ts'

/** The cursor of a page of events: the place of its last in the show's history. Null when `limit` held them all. */
export function seqCursor(found: readonly { seq: number }[], limit: number): string | null {
  const last = found[limit - 1]
  return found.length > limit && last ? Buffer.from(String(last.seq)).toString('base64url') : null
}

/** The place a page goes on after; undefined for the first. Throws VALIDATION for a cursor we never made. */
export function afterSeq(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined
  const seq = Buffer.from(cursor, 'base64url').toString()
  if (!/^\d{1,15}$/.test(seq)) throw foreignCursor()
  return Number(seq)
}
