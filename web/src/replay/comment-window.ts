import type { ReplayComment } from '../../../client/index.ts'

/** The comments around a place of a replay that are loaded, oldest first. */
export interface CommentWindow {
  /** All comments from this place on are loaded, up to the last one. */
  readonly fromMs: number
  readonly comments: readonly ReplayComment[]
  /** Null when nothing follows. */
  readonly nextCursor: string | null
}

/** A request for comments: those from a place on, or the next page of the window. */
export type CommentRequest = { readonly fromMs: number; readonly cursor?: string }

/** Comments of this time before the place are loaded as well, so that a jump does not lead to an empty list. */
const lookBackMs = 120_000
/** The next page is loaded this long before it is needed. */
const lookAheadMs = 30_000
/** Maximum number of comments that are kept. */
const maxKept = 500

/** Returns the request that a place needs; null when the comments around it are loaded. */
export function requestFor(window: CommentWindow | null, positionMs: number): CommentRequest | null {
  const start = { fromMs: Math.max(0, Math.floor(positionMs - lookBackMs)) }
  if (!window) return start
  const { fromMs, comments, nextCursor } = window
  const endMs = nextCursor === null ? Infinity : (comments.at(-1)?.atMs ?? fromMs)
  const isFarAhead = positionMs - lookBackMs > endMs
  if (positionMs < fromMs || isFarAhead) return start
  return nextCursor !== null && endMs - positionMs < lookAheadMs ? { fromMs, cursor: nextCursor } : null
}

/** Adds an answer to the window, or makes it the window. Old comments are dropped when there are too many. */
export function withAnswer(
  window: CommentWindow | null,
  { fromMs, cursor }: CommentRequest,
  { items, nextCursor }: { items: readonly ReplayComment[]; nextCursor: string | null }
): CommentWindow {
  if (!window || cursor === undefined) return { fromMs, comments: items, nextCursor }
  const all = [...window.comments, ...items]
  const comments = all.slice(-maxKept)
  return { fromMs: all.length > maxKept ? (comments[0]?.atMs ?? fromMs) : window.fromMs, comments, nextCursor }
}
