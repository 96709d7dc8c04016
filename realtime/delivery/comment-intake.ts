import type { FastifyBaseLogger } from 'fastify'
import type { LiveComment, Mention, RepliedComment } from '../../contract/comments.ts'
import { CodedError } from '../../contract/errors.ts'
import { findStageMember, isHost } from '../../contract/room.ts'
import { toLiveComment, type CommentDocument, type CommentKey } from '../../plugins/app/comments/document.ts'
import type { CommentFilter } from '../../plugins/app/comments/comment-filter.ts'
import type { Comments } from '../../plugins/app/comments/comments.ts'
import type { WordFilter } from '../../plugins/app/http/word-filter.ts'
import type { ServerRoomState } from '../room/server-room-state.ts'
import type { Room } from '../rooms/room.ts'
import { createPersonalWindows, type Limit } from '../sockets/rate-limits.ts'
import type { Membership } from '../sockets/socket-data.ts'
import type { CommentFeed } from './comment-feed.ts'

export interface CommentIntakeParts {
  comments: Pick<Comments, 'write' | 'findPending' | 'find' | 'quote'>
  feed: Pick<CommentFeed, 'added' | 'withoutDeleted'>
  /** Returns those of these people who are not to be listed in shows. Throws UNAVAILABLE. */
  unlistedAmong(userIds: readonly string[]): Promise<string[]>
  /** Words and links that this server and creators do not accept; everything without it. */
  filter?: CommentFilter | undefined
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
  /** The id of the comment that this one replies to. */
  readonly replyTo?: string
  /** User ids. */
  readonly mentions?: readonly string[]
}

/**
 * Accepts comments: checks them with the room, stores them, then broadcasts them. A repetition (same show, author and
 * clientId) is the same comment and does not count for the limit.
 */
export interface CommentIntake {
  /**
   * Throws CodedError: the room's refusal, RATE_LIMITED, NOT_FOUND for a repetition of a deleted comment and for a
   * reply to a comment that never was, UNAVAILABLE when the comment was not stored in time.
   */
  send(membership: Membership, draft: CommentDraft): Promise<LiveComment>
  /** Returns the time until a person may send their next comment, ms. */
  waitMs(userId: string): number
}

/** A comment with what was found for it. */
interface AcceptedDraft {
  readonly text: string
  readonly replied: RepliedComment | undefined
  readonly mentions: readonly string[]
  /** The mentioned people who are not to be listed in shows. */
  readonly unlisted: readonly string[]
  /** The words that the creator of the show blocks. */
  readonly words: WordFilter | undefined
}

export function createCommentIntake(parts: CommentIntakeParts): CommentIntake {
  const { comments, feed, filter, limit, logger, nowMs, monotonicMs } = parts
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
  async function sendOrFind(membership: Membership, key: CommentKey, draft: AcceptedDraft): Promise<CommentDocument> {
    let written: Promise<CommentDocument>
    try {
      written = (await accept(membership, key, draft)).written
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
    draft: AcceptedDraft
  ): Promise<{ written: Promise<CommentDocument> }> {
    const { userId } = actor
    const { text, replied, words } = draft
    const takenAtMs = monotonicMs()
    const retryAfterMs = windows.take(userId, takenAtMs)
    if (retryAfterMs > 0) throw new CodedError('RATE_LIMITED', 'Too many comments; wait a moment.', { retryAfterMs })
    // A refused text counts, so that nobody finds out the blocked words by trying.
    const { room: state } = room.state
    const refusal = filter?.refusalOf(
      text,
      { isHost: isHost(state, userId) },
      { links: state.settings.commentLinks, words }
    )
    if (refusal) throw refusal
    const written = Promise.withResolvers<CommentDocument>()
    written.promise.catch(() => {})
    try {
      await room.command(actor, { type: 'comment:send' }, state => {
        const atMs = state.lastComments.get(userId)?.atMs ?? nowMs()
        written.resolve(
          comments.write({
            ...key,
            text,
            replyTo: replied?.id,
            mentions: mentionsIn(draft, state),
            onStored: comment => feed.added(key.showId, toLiveComment(comment, authorOf(actor), replied)),
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
    async send(membership, { clientId, text, replyTo, mentions = [] }) {
      const key: CommentKey = { showId: membership.room.showId, authorId: membership.actor.userId, clientId }
      const [replied, unlisted, words] = await Promise.all([
        replyTo === undefined ? undefined : comments.quote(key.showId, replyTo),
        mentions.length === 0 ? [] : parts.unlistedAmong(mentions),
        filter?.findCreatorWords(membership.room.state.room.creatorId)
      ])
      const draft = { text, replied, mentions, unlisted, words }
      const comment = await sendOnce(key, async () => await sendOrFind(membership, key, draft))
      if (comment.deletedAt !== null) throw new CodedError('NOT_FOUND', 'This comment was deleted.')
      const shown = comment.replyTo === replied?.id ? replied : undefined
      return feed.withoutDeleted(toLiveComment(comment, authorOf(membership.actor), shown))
    }
  }
}

/**
 * The people in the show whom a text names, of those whom its author means. Of people who are not to be listed, only
 * those whom everybody sees anyway: otherwise a mention would tell whether they listen.
 */
function mentionsIn(
  { text, mentions, unlisted }: AcceptedDraft,
  { room, members, lastComments }: ServerRoomState
): Mention[] {
  const isSeen = (userId: string) =>
    isHost(room, userId) || findStageMember(room, userId) !== undefined || lastComments.has(userId)
  return [...new Set(mentions)].flatMap(userId => {
    const name = members.get(userId)?.displayName
    const isNamed = name !== undefined && text.includes(`@${name}`)
    return isNamed && (isSeen(userId) || !unlisted.includes(userId)) ? [{ userId, name }] : []
  })
}

function authorOf({ userId, displayName, avatarUrl }: Membership['actor']) {
  return { id: userId, displayName, avatarUrl }
}
