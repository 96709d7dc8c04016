import { foreignCursor } from '../shows/cursor.ts'

/**
 * Returns the cursor after a page of events: the sequence number of its last event. Null when the page has all events.
 */
export function seqCursor(found: readonly { seq: number }[], limit: number): string | null {
  const last = found[limit - 1]
  return found.length > limit && last ? Buffer.from(String(last.seq)).toString('base64url') : null
}

/**
 * Returns the sequence number after which a page continues; undefined for the first page. Throws VALIDATION for an
 * invalid cursor.
 */
export function afterSeq(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined
  const seq = Buffer.from(cursor, 'base64url').toString()
  if (!/^\d{1,15}$/.test(seq)) throw foreignCursor()
  return Number(seq)
}
