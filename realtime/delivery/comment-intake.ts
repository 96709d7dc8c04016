import type { FastifyBaseLogger } from 'fastify'
import type { LiveComment } from '../../contract/comments.ts'
import { CodedError } from '../../contract/errors.ts'
import { toLiveComment, type CommentDocument, type CommentKey } from '../../plugins/app/comments/document.ts'
import type { Comments } from '../../plugins/app/comments/comments.ts'
import type { CommentFeed } from './comment-feed.ts'
import { createPersonalWindows, type Limit } from '../sockets/rate-limits.ts'
import type { Membership } from '../sockets/socket-data.ts'

export interface CommentIntakeParts {
  comments: Pick<Comments, 'write' | 'findPending' | 'find'>
  feed: Pick<CommentFeed, 'said'>
  limit: Limit
  logger: FastifyBaseLogger
  nowMs: () => number
}

/** Takes what people write: asks the room, has it stored, has it told. The same thing sent again is the same comment, and costs nothing. */
export interface CommentIntake {
  /**
   * Throws CodedError: what the room refuses it with, RATE_LIMITED, NOT_FOUND when it was sent before and deleted since, or UNAVAILABLE
   * when it was not stored in time.
   */
  send(membership: Membership, said: { clientId: string; text: string }): Promise<LiveComment>
  /** How long somebody has to wait for their next comment, ms. */
  waitMs(userId: string): number
}

export function createCommentIntake({ comments, feed, limit, logger, nowMs }: CommentIntakeParts): CommentIntake {
  const windows = createPersonalWindows(limit)
  const sending = new Map<string, Promise<CommentDocument>>()

  /** The same comment twice at once is asked for once. */
  async function once(key: CommentKey, send: () => Promise<CommentDocument>): Promise<CommentDocument> {
    const name = `${key.showId} ${key.authorId} ${key.clientId}`
    const already = sending.get(name)
    if (already) return await already
    const mine = comments.findPending(key) ?? send()
    sending.set(name, mine)
    try {
      return await mine
    } finally {
      sending.delete(name)
    }
  }

  /** What is refused may still be something that was said before. */
  async function say(membership: Membership, key: CommentKey, text: string): Promise<CommentDocument> {
    let written: Promise<CommentDocument>
    try {
      written = (await accept(membership, key, text)).written
    } catch (refusal) {
      if (!(refusal instanceof CodedError) || refusal.code === 'NOT_IN_SHOW') throw refusal
      const before = await comments.find(key)
      if (before) return before
      throw refusal
    }
    return await written
  }

  /** Goes on its way to the store at the moment the room accepts it, so that nobody's comments overtake each other. */
  async function accept(
    { room, actor }: Membership,
    key: CommentKey,
    text: string
  ): Promise<{ written: Promise<CommentDocument> }> {
    const { userId } = actor
    const takenAtMs = nowMs()
    const retryAfterMs = windows.take(userId, takenAtMs)
    if (retryAfterMs > 0) throw new CodedError('RATE_LIMITED', 'Too many comments; wait a moment.', { retryAfterMs })
    const going = Promise.withResolvers<CommentDocument>()
    going.promise.catch(() => {})
    try {
      await room.command(actor, { type: 'comment:send' }, house => {
        const atMs = house.commented.get(userId)?.atMs ?? takenAtMs
        going.resolve(
          comments.write({
            ...key,
            text,
            onStored: comment => feed.said(key.showId, toLiveComment(comment, authorOf(actor))),
            onDropped: () => takeBack(room, userId, { takenAtMs, atMs })
          })
        )
      })
    } catch (refusal) {
      windows.giveBack(userId, takenAtMs)
      throw refusal
    }
    return { written: going.promise }
  }

  /** What was not stored counts for nothing: neither for the limit nor for slow mode. */
  function takeBack(
    room: Membership['room'],
    userId: string,
    { takenAtMs, atMs }: { takenAtMs: number; atMs: number }
  ): void {
    windows.giveBack(userId, takenAtMs)
    room
      .command({ kind: 'server' }, { type: 'server:commentLost', userId, atMs })
      .catch((error: unknown) => logger.error({ err: error, userId }, 'a lost comment still counts'))
  }

  return {
    waitMs: userId => windows.waitMs(userId, nowMs()),
    async send(membership, { clientId, text }) {
      const key: CommentKey = { showId: membership.room.showId, authorId: membership.actor.userId, clientId }
      const comment = await once(key, async () => await say(membership, key, text))
      if (comment.deletedAt !== null) throw new CodedError('NOT_FOUND', 'This comment was deleted.')
      return toLiveComment(comment, authorOf(membership.actor))
    }
  }
}

function authorOf({ userId, displayName, avatarUrl }: Membership['actor']) {
  return { id: userId, displayName, avatarUrl }
}
