import type { LiveComment } from '../contract/comments.ts'
import type { WireError } from '../contract/errors.ts'

/** A comment as it is shown: one's own stands there from the moment it is sent; `refused` says why it did not get through. */
export interface ShownComment extends LiveComment {
  readonly state: 'sent' | 'sending' | 'failed'
  readonly error: Pick<WireError, 'code' | 'message'> | null
}

/** What is said in a show, as far as it is known here. */
export interface CommentsView {
  /** Oldest first; what is on its way or was refused stands at the end. */
  readonly list: readonly ShownComment[]
  /** Whether there is more before the first. */
  readonly hasEarlier: boolean
  /** `failed`: the last page could not be had. */
  readonly history: 'idle' | 'loading' | 'failed'
  /** When one's own last comment was taken, local ms; slow mode counts from here. */
  readonly lastSentAtMs: number | null
  /** The server wants no comment of this person before, local ms. */
  readonly limitedUntilMs: number
}

/** Before anything is known. */
export const noComments: CommentsView = {
  list: [],
  hasEarlier: false,
  history: 'idle',
  lastSentAtMs: null,
  limitedUntilMs: 0
}

/** When the person may comment again, local ms; in the past when they may now. */
export function nextCommentAtMs({ lastSentAtMs, limitedUntilMs }: CommentsView, slowModeMs: number): number {
  return Math.max(limitedUntilMs, slowModeMs > 0 && lastSentAtMs !== null ? lastSentAtMs + slowModeMs : 0)
}
