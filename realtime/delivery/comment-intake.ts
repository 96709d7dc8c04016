import type { FastifyBaseLogger } from 'fastify'
import type { RepliedComment, SentComment } from '../../contract/comments.ts'
import { CodedError } from '../../contract/errors.ts'
import { isHost } from '../../contract/room.ts'
import { toLiveComment, type CommentDocument, type CommentKey } from '../../plugins/app/comments/document.ts'
import type { CommentFilter } from '../../plugins/app/comments/comment-filter.ts'
import type { Comments } from '../../plugins/app/comments/comments.ts'
import { withStoreTimeout } from '../../plugins/app/comments/with-store-timeout.ts'
import type { WordFilter } from '../../plugins/app/http/word-filter.ts'
import type { Room } from '../rooms/room.ts'
import { createPersonalWindows, type Limit } from '../sockets/rate-limits.ts'
import type { Membership } from '../sockets/socket-data.ts'
import type { CommentFeed } from './comment-feed.ts'
import type { HeldIntake } from './held-intake.ts'
import { mentionsIn } from './mentions-in.ts'

export interface CommentIntakeParts extends CommentChecks {
  comments: Pick<Comments, 'write' | 'findPending' | 'find' | 'quote'>
  feed: Pick<CommentFeed, 'added' | 'withoutDeleted'>
  /** First comments that wait for the hosts; nothing waits without it. */
  held?: HeldIntake | undefined
  logger: FastifyBaseLogger
  nowMs: () => number
  /** The time of rate windows. A step of the wall clock must not extend them. */
  monotonicMs: () => number
}

/** Conditions for comments beside the rules of the room. */
export interface CommentChecks {
  /** Returns those of these people who are not to be listed in shows. Throws UNAVAILABLE. */
  unlistedAmong(userIds: readonly string[]): Promise<string[]>
  /** Words and links that this server and creators do not accept; everything without it. */
  filter?: CommentFilter | undefined
  /** Per person. */
  limit: Limit
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
  send(membership: Membership, draft: CommentDraft): Promise<SentComment>
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
  const { comments, feed, filter, held, limit, logger, nowMs, monotonicMs } = parts
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

  /** Counts a comment, and checks its text. Returns when it was counted. Throws RATE_LIMITED, COMMENT_REFUSED. */
  function admit({ room, actor: { userId } }: Membership, { text, words }: AcceptedDraft): number {
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
    return takenAtMs
  }

  /** Holds the first comment of a person back for the hosts. Returns undefined for a comment that need not wait. */
  async function holdBack(
    membership: Membership,
    key: CommentKey,
    { text, replyTo, mentions = [] }: CommentDraft,
    accepted: AcceptedDraft
  ): Promise<SentComment | undefined> {
    const { room, actor } = membership
    if (!held || !(await held.mustWait(room, key.authorId))) return undefined
    const earlier = await held.findOf(key.showId, key.authorId)
    if (earlier?.clientId !== key.clientId) {
      // A repetition of a comment from before first comments were held.
      if (await comments.find(key)) return undefined
      admit(membership, accepted)
    }
    const waiting = await held.hold(room, actor, key, { text, replyTo, mentions })
    const { _id: id, clientId, showId, sentAt } = waiting
    return {
      id,
      clientId,
      showId,
      author: authorOf(actor),
      text: waiting.text,
      createdAt: sentAt.getTime(),
      held: true
    }
  }

  /** Passes the comment to the store at the moment the room accepts it, so that comments keep their order. */
  async function accept(
    membership: Membership,
    key: CommentKey,
    draft: AcceptedDraft
  ): Promise<{ written: Promise<CommentDocument> }> {
    const { room, actor } = membership
    const { userId } = actor
    const { text, replied } = draft
    const takenAtMs = admit(membership, draft)
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
    async send(membership, sent) {
      const { clientId, text, replyTo, mentions = [] } = sent
      const key: CommentKey = { showId: membership.room.showId, authorId: membership.actor.userId, clientId }
      const [replied, unlisted, words] = await Promise.all([
        replyTo === undefined ? undefined : comments.quote(key.showId, replyTo),
        mentions.length === 0 ? [] : parts.unlistedAmong(mentions),
        filter?.findCreatorWords(membership.room.state.room.creatorId)
      ])
      const draft = { text, replied, mentions, unlisted, words }
      const waiting = await withStoreTimeout(holdBack(membership, key, sent, draft))
      if (waiting) return waiting
      const comment = await sendOnce(key, async () => await sendOrFind(membership, key, draft))
      if (comment.deletedAt !== null) throw new CodedError('NOT_FOUND', 'This comment was deleted.')
      const shown = comment.replyTo === replied?.id ? replied : undefined
      return feed.withoutDeleted(toLiveComment(comment, authorOf(membership.actor), shown))
    }
  }
}

function authorOf({ userId, displayName, avatarUrl }: Membership['actor']) {
  return { id: userId, displayName, avatarUrl }
}
