import type { FastifyBaseLogger } from 'fastify'
import type { LiveComment } from '../../contract/comments.ts'
import { CodedError } from '../../contract/errors.ts'
import { toLiveComment, type CommentDocument, type CommentKey } from '../../plugins/app/comments/document.ts'
import type { Comments } from '../../plugins/app/comments/comments.ts'
import type { Room } from '../rooms/room.ts'
import { createPersonalWindows, type Limit } from '../sockets/rate-limits.ts'
import type { Membership } from '../sockets/socket-data.ts'
import type { CommentFeed } from './comment-feed.ts'

export interface CommentIntakeParts {
  comments: Pick<Comments, 'write' | 'findPending' | 'find'>
  feed: Pick<CommentFeed, 'added'>
  /** Per person. */
  limit: Limit
  logger: FastifyBaseLogger
  nowMs: () => number
  /** The time of rate windows. A step of the wall clock must not extend them. */
  monotonicMs: () => number
}

/** A comment as its author sends it. */
export interface CommentDraft {
  readonly clientId: string
  readonly text: string
}

/**
 * Accepts comments: checks them with the room, stores them, then broadcasts them. A repetition (same show, author and
 * clientId) is the same comment and does not count for the limit.
 */
export interface CommentIntake {
  /**
   * Throws CodedError: the room's refusal, RATE_LIMITED, NOT_FOUND for a repetition of a deleted comment, UNAVAILABLE
   * when the comment was not stored in time.
   */
  send(membership: Membership, draft: CommentDraft): Promise<LiveComment>
  /** Returns the time until a person may send their next comment, ms. */
  waitMs(userId: string): number
}

export function createCommentIntake(parts: CommentIntakeParts): CommentIntake {
  const { comments, feed, limit, logger, nowMs, monotonicMs } = parts
  const windows = createPersonalWindows(limit)
  const sending = new Map<string, Promise<CommentDocument>>()

  /** Sends a comment once, even when it arrives twice at the same time. */
  async function sendOnce(key: CommentKey, send: () => Promise<CommentDocument>): Promise<CommentDocument> {
    const name = `${key.showId} ${key.authorId} ${key.clientId}`
    const already = sending.get(name)
    if (already) return await already
    const promise = comments.findPending(key) ?? send()
    sending.set(name, promise)
    try {
      return await promise
    } finally {
      sending.delete(name)
    }
  }

  /** Sends a comment. When it is refused, returns the stored comment that it repeats, if there is one. */
  async function sendOrFind(membership: Membership, key: CommentKey, text: string): Promise<CommentDocument> {
    let written: Promise<CommentDocument>
    try {
      written = (await accept(membership, key, text)).written
    } catch (refusal) {
      if (!(refusal instanceof CodedError) || refusal.code === 'NOT_IN_SHOW') throw refusal
      const stored = await comments.find(key)
      if (stored) return stored
      throw refusal
    }
    return await written
  }

  /** Passes the comment to the store at the moment the room accepts it, so that comments keep their order. */
  async function accept(
    { room, actor }: Membership,
    key: CommentKey,
    text: string
  ): Promise<{ written: Promise<CommentDocument> }> {
    const { userId } = actor
    const takenAtMs = monotonicMs()
    const retryAfterMs = windows.take(userId, takenAtMs)
    if (retryAfterMs > 0) throw new CodedError('RATE_LIMITED', 'Too many comments; wait a moment.', { retryAfterMs })
    const written = Promise.withResolvers<CommentDocument>()
    written.promise.catch(() => {})
    try {
      await room.command(actor, { type: 'comment:send' }, state => {
        const atMs = state.lastComments.get(userId)?.atMs ?? nowMs()
        written.resolve(
          comments.write({
            ...key,
            text,
            onStored: comment => feed.added(key.showId, toLiveComment(comment, authorOf(actor))),
            onDropped: () => takeBack(room, userId, { takenAtMs, atMs })
          })
        )
      })
    } catch (refusal) {
      windows.giveBack(userId, takenAtMs)
      throw refusal
    }
    return { written: written.promise }
  }

  /** A comment that was not stored counts neither for the limit nor for slow mode. */
  function takeBack(room: Room, userId: string, { takenAtMs, atMs }: { takenAtMs: number; atMs: number }): void {
    windows.giveBack(userId, takenAtMs)
    room
      .command({ kind: 'system' }, { type: 'server:commentLost', userId, atMs })
      .catch((error: unknown) => logger.error({ err: error, userId }, 'lost comment still counts'))
  }

  return {
    waitMs: userId => windows.waitMs(userId, monotonicMs()),
    async send(membership, { clientId, text }) {
      const key: CommentKey = { showId: membership.room.showId, authorId: membership.actor.userId, clientId }
      const comment = await sendOnce(key, async () => await sendOrFind(membership, key, text))
      if (comment.deletedAt !== null) throw new CodedError('NOT_FOUND', 'This comment was deleted.')
      return toLiveComment(comment, authorOf(membership.actor))
    }
  }
}

function authorOf({ userId, displayName, avatarUrl }: Membership['actor']) {
  return { id: userId, displayName, avatarUrl }
}
