import type { FastifyBaseLogger } from 'fastify'
import { CodedError } from '../../contract/errors.ts'
import type { HeldComment } from '../../contract/held-comments.ts'
import { isHost } from '../../contract/room.ts'
import type { Person } from '../../contract/users.ts'
import type { Comments } from '../../plugins/app/comments/comments.ts'
import { toLiveComment, type CommentDocument, type CommentKey } from '../../plugins/app/comments/document.ts'
import type { HeldCommentDocument, HeldComments } from '../../plugins/app/comments/held-comments.ts'
import type { Notices } from '../../plugins/app/people/notices.ts'
import type { Actor, MemberActor } from '../room/commands.ts'
import { mayBePublished, type ServerRoomState } from '../room/server-room-state.ts'
import type { Room } from '../rooms/room.ts'
import type { CommentFeed } from './comment-feed.ts'
import { mentionsIn } from './mentions-in.ts'

/** The store of held comments, and the way to single people, wherever they are connected. */
export interface HeldStore {
  store: HeldComments
  findPerson(userId: string): Promise<Person | undefined>
  notify: Notices['send']
}

export interface HeldIntakeParts extends HeldStore {
  comments: Pick<Comments, 'write' | 'quote'>
  feed: Pick<CommentFeed, 'added'>
  unlistedAmong(userIds: readonly string[]): Promise<string[]>
  logger: Pick<FastifyBaseLogger, 'warn'>
}

/** A comment that waits for the hosts. */
export interface WaitingDraft {
  readonly text: string
  readonly replyTo: string | undefined
  readonly mentions: readonly string[]
}

/**
 * First comments that wait for the hosts. Their texts go to nobody but the hosts and their author, who ask for them:
 * no event of the room has them, and messages between nodes do not either.
 */
export interface HeldIntake {
  /** Whether the comments of a person wait in this show now. Throws UNAVAILABLE. */
  mustWait(room: Room, userId: string): Promise<boolean>
  /** Returns the comment of a person that waits in the show; null for none. */
  findOf(showId: string, userId: string): Promise<HeldCommentDocument | null>
  /** Stores a comment that waits. Throws the room's refusal, COMMENT_REFUSED while another one waits, QUEUE_FULL. */
  hold(room: Room, actor: MemberActor, key: CommentKey, draft: WaitingDraft): Promise<HeldCommentDocument>
  /** Lists the comments that wait: all of them for a host, for others their own. Throws NOT_IN_SHOW. */
  list(room: Room, actor: MemberActor): Promise<HeldComment[]>
  /** Publishes or declines a comment, at the home. Throws NOT_FOUND, CONFLICT while another host answers it. */
  answer(room: Room, actor: Actor, answer: { heldId: string; accept: boolean }): Promise<void>
  /** Removes the comments of a person who was removed from a show. */
  removed(room: Room, userId: string): Promise<void>
  /** Returns the author of a comment that waits in a show; null for none. */
  findAuthorId(showId: string, heldId: string): Promise<string | null>
  /** Removes a comment that its author or a host deletes. */
  withdraw(room: Room, heldId: string): Promise<void>
  /** Takes a new state of a room: removes the comments of people who were muted or banned, and all after the end. */
  changed(showId: string, state: ServerRoomState): void
}

export function createHeldIntake(parts: HeldIntakeParts): HeldIntake {
  const { store, comments, feed, notify, logger } = parts
  /** Ids of comments that a host answers now. */
  const answering = new Set<string>()
  /** The people without comments of shows that hold comments, as they were last seen. */
  const known = new Map<string, Pick<ServerRoomState, 'bannedIds'> & { mutedIds: readonly string[] }>()

  async function tellHosts({ showId, state: { room } }: Pick<Room, 'showId' | 'state'>): Promise<void> {
    const count = await store.count(showId)
    for (const hostId of [room.creatorId, ...room.cohostIds]) notify(hostId, 'comments:held', { showId, count })
  }

  /** Tells the hosts without holding up what they are told about. */
  function tellHostsLater(room: Pick<Room, 'showId' | 'state'>): void {
    tellHosts(room).catch((err: unknown) =>
      logger.warn({ err, showId: room.showId }, 'hosts not told of held comments')
    )
  }

  async function publish(room: Room, held: HeldCommentDocument, author: Person): Promise<CommentDocument> {
    const { showId, authorId, clientId, text, replyTo, mentions = [] } = held
    const [replied, unlisted] = await Promise.all([
      replyTo === undefined ? undefined : comments.quote(showId, replyTo),
      mentions.length === 0 ? [] : parts.unlistedAmong(mentions)
    ])
    const written = Promise.withResolvers<CommentDocument>()
    written.promise.catch(() => {})
    await room.command({ kind: 'system' }, { type: 'server:commentApproved', userId: authorId }, state => {
      if (!mayBePublished(state, authorId)) return written.reject(noLongerWaits())
      written.resolve(
        comments.write({
          ...{ showId, authorId, clientId, text, replyTo },
          mentions: mentionsIn({ text, mentions, unlisted }, state),
          onStored: comment => feed.added(showId, toLiveComment(comment, author, replied)),
          onDropped() {}
        })
      )
    })
    return await written.promise
  }

  function clean(showId: string, state: ServerRoomState, work: Promise<unknown>): void {
    work.then(
      () => tellHostsLater({ showId, state }),
      (err: unknown) => logger.warn({ err, showId }, 'held comments not removed')
    )
  }

  return {
    findOf: store.findOf,

    async mustWait({ state: { room } }, userId) {
      if (room.settings.firstComments !== 'held' || isHost(room, userId)) return false
      return !(await store.isTrusted(room.creatorId, userId))
    },

    async hold(room, actor, key, { text, replyTo, mentions }) {
      room.check(actor, { type: 'comment:send' })
      const held = await store.hold(key, { text, replyTo, mentions })
      if (held.clientId !== key.clientId) throw waitsAlready()
      try {
        // The person may have been muted or removed before the comment was there to remove, or the show has ended.
        room.check(actor, { type: 'comment:send' })
      } catch (refusal) {
        await store.remove(key.showId, held._id)
        throw refusal
      }
      tellHostsLater(room)
      return held
    },

    async list(room, actor) {
      room.check(actor, { type: 'comments:held' })
      const { userId } = actor
      const items = isHost(room.state.room, userId)
        ? await store.list(room.showId, room.state.room.commentMutedIds)
        : await store.listOf(room.showId, userId)
      // The person may have lost the role meanwhile.
      const isAllowed = isHost(room.state.room, userId) || items.every(({ author }) => author.id === userId)
      return isAllowed ? items : []
    },

    async answer(room, actor, { heldId, accept }) {
      room.check(actor, { type: 'comment:answer' })
      if (answering.has(heldId)) throw new CodedError('CONFLICT', 'Another host answers this comment now.')
      answering.add(heldId)
      try {
        const held = await store.find(room.showId, heldId)
        const author = held && (await parts.findPerson(held.authorId))
        if (!held || !author) throw noLongerWaits()
        room.check(actor, { type: 'comment:answer' })
        const { showId, authorId, clientId } = held
        if (accept) {
          await publish(room, held, author)
          await store.trust(room.state.room.creatorId, authorId)
        }
        const wasWaiting = await store.remove(showId, heldId)
        if (wasWaiting) notify(authorId, 'comment:answered', { showId, clientId, accepted: accept })
        tellHostsLater(room)
      } finally {
        answering.delete(heldId)
      }
    },

    async removed(room, userId) {
      if ((await store.removeOf(room.showId, [userId])) > 0) tellHostsLater(room)
    },

    findAuthorId: async (showId, heldId) => (await store.find(showId, heldId))?.authorId ?? null,

    async withdraw(room, heldId) {
      if (await store.remove(room.showId, heldId)) tellHostsLater(room)
    },

    changed(showId, state) {
      const { room, bannedIds } = state
      const before = known.get(showId)
      if (room.status === 'ended') {
        known.delete(showId)
        if (before) clean(showId, state, store.removeOfShow(showId))
        return
      }
      if (!before && room.settings.firstComments !== 'held') return
      const { commentMutedIds: mutedIds } = room
      if (before?.bannedIds === bannedIds && before.mutedIds === mutedIds) return
      known.set(showId, { bannedIds, mutedIds })
      const silenced = [...bannedIds, ...mutedIds]
      if (silenced.length > 0) clean(showId, state, store.removeOf(showId, silenced))
    }
  }
}

function noLongerWaits(): CodedError {
  return new CodedError('NOT_FOUND', 'This comment does not wait any more.')
}

function waitsAlready(): CodedError {
  return new CodedError(
    'COMMENT_REFUSED',
    'Your first comment waits for the hosts. Until then you can’t send another one.'
  )
}
