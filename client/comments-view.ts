import type { LiveComment } from '../contract/comments.ts'
import type { WireError } from '../contract/errors.ts'

/**
 * A comment as it is shown. The user's own comment appears as soon as it is sent. `error` is set when the server
 * rejected it. `held`: it waits for the hosts, and nobody else sees it.
 */
export interface ShownComment extends LiveComment {
  readonly state: 'sent' | 'sending' | 'failed' | 'held'
  readonly error: Pick<WireError, 'code' | 'message' | 'issues'> | null
}

/** The comments of a show, as far as this client has loaded them. */
export interface CommentsView {
  /** Oldest first. The user's own comments that are being sent or were rejected come last. */
  readonly list: readonly ShownComment[]
  /** Whether there are comments before the first. */
  readonly hasEarlier: boolean
  /** State of loading a page of earlier comments. */
  readonly history: 'idle' | 'loading' | 'failed'
  /** The time when the server accepted the user's last comment, local time in ms. Slow mode counts from here. */
  readonly lastSentAtMs: number | null
  /** The server accepts no comment of this user before this local time in ms. */
  readonly limitedUntilMs: number
}

/** The view before any comment is loaded. */
export const noComments: CommentsView = {
  list: [],
  hasEarlier: false,
  history: 'idle',
  lastSentAtMs: null,
  limitedUntilMs: 0
}

/** Returns when the user may send the next comment, local time in ms. A time in the past means now. */
export function nextCommentAtMs({ lastSentAtMs, limitedUntilMs }: CommentsView, slowModeMs: number): number {
  return Math.max(limitedUntilMs, slowModeMs > 0 && lastSentAtMs !== null ? lastSentAtMs + slowModeMs : 0)
}
