import type { SentComment } from '../../contract/comments.ts'
import type { Delivery } from '../delivery/delivery.ts'
import type { CommentFeed } from '../delivery/comment-feed.ts'
import type { CommentIntake } from '../delivery/comment-intake.ts'
import type { HeldIntake } from '../delivery/held-intake.ts'
import type { Actor, Command, MemberActor } from '../room/commands.ts'
import type { LiveRoom } from '../rooms/live-room.ts'
import type { LiveRooms } from '../rooms/live-rooms.ts'
import { forgetComments } from '../rooms/deleted-comments.ts'
import type { Room } from '../rooms/room.ts'
import { membersOf, placeOf } from '../rooms/members.ts'
import type { Homes } from './homes.ts'
import type { HomeCommands } from './home-commands.ts'
import type { Peers } from './peers.ts'
import { presenceDigest, presencesOn } from './presence-digest.ts'
import { nodeOfPresence } from './presence-ids.ts'
import { toReplicaState } from './replica-state.ts'
import type { ShowCasts } from './show-casts.ts'
import { homeQuestions, type Carried, type Following, type NotHome } from './room-calls.ts'

export interface HomeAnswersParts {
  peers: Pick<Peers, 'answer'>
  homes: Homes
  rooms: Pick<LiveRooms, 'awaitRoom'>
  commands: HomeCommands
  intake: Pick<CommentIntake, 'send'>
  held?: Pick<HeldIntake, 'answer'> | undefined
  feed: Pick<CommentFeed, 'deleted'>
  delivery: Pick<Delivery, 'toShow'>
  casts: Pick<ShowCasts, 'join'>
  /** A show has members here and on another node. */
  onFollowed(showId: string): void
  /** Counts a command of a person on another node. Throws RATE_LIMITED. */
  admit(actor: Actor, command: Command): void
  nowMs: () => number
}

const notHome: NotHome = { outcome: 'notHome' }

/** Answers what other nodes ask this node about the shows whose home it is. */
export function answerAsHome(parts: HomeAnswersParts): void {
  const { peers, homes, rooms, commands, intake, held, feed, delivery, casts, onFollowed, admit, nowMs } = parts

  async function atHome<A>(showId: string, run: (room: LiveRoom) => Promise<A>): Promise<Carried<A>> {
    const room = await rooms.awaitRoom(showId)
    return room ? await commands.attempt(showId, async () => await run(room)) : notHome
  }

  peers.answer('room:command', homeQuestions['room:command'], async ({ showId, ...forwarded }) => {
    const room = await rooms.awaitRoom(showId)
    if (!room) return notHome
    return await commands.carryOut(room, forwarded, { admit: () => admit(forwarded.actor, forwarded.command) })
  })

  peers.answer(
    'room:comment',
    homeQuestions['room:comment'],
    async ({ showId, actor, ...draft }) =>
      await atHome<SentComment>(showId, async room => await intake.send({ room, actor: memberOf(actor) }, draft))
  )

  peers.answer(
    'room:announce',
    homeQuestions['room:announce'],
    async ({ showId, actor, text }) =>
      await atHome(showId, async room => {
        admit(actor, { type: 'show:announce' })
        await announce(room, actor, text, delivery, nowMs)
        return null
      })
  )

  peers.answer(
    'room:heldAnswer',
    homeQuestions['room:heldAnswer'],
    async ({ showId, actor, ...answer }) =>
      await atHome(showId, async room => {
        admit(actor, { type: 'comment:answer' })
        await held?.answer(room, actor, answer)
        return null
      })
  )

  peers.answer(
    'room:commentsDeleted',
    homeQuestions['room:commentsDeleted'],
    async ({ showId, commentIds }) =>
      await atHome(showId, async room => {
        await forgetComments(room, commentIds, feed)
        return null
      })
  )

  peers.answer(
    'room:members',
    homeQuestions['room:members'],
    async ({ showId, actor, check = 'people:list' }) =>
      await atHome(showId, async room => {
        room.check(actor, { type: check })
        return membersOf(room.state)
      })
  )

  peers.answer(
    'room:place',
    homeQuestions['room:place'],
    async ({ showId, userId }) => await atHome(showId, async room => placeOf(room.state, userId) ?? null)
  )

  peers.answer('room:follow', homeQuestions['room:follow'], async ({ showId, present, joining }, from) => {
    const room = await rooms.awaitRoom(showId)
    const stream = homes.findStream(showId)
    if (!room || !stream) return notHome
    // First, so that the snapshot and the stream leave nothing out between them.
    stream.addFollower(from)
    casts.join(showId)
    onFollowed(showId)
    await dropUnknown(room, from, new Set([...present.map(({ presenceId }) => presenceId), ...joining]))
    if (homes.findStream(showId) !== stream) return notHome
    return {
      outcome: 'following',
      token: stream.token,
      n: stream.position,
      seq: room.seq,
      state: toReplicaState(room.state)
    } satisfies Following
  })

  peers.answer('room:checkPresent', homeQuestions['room:checkPresent'], async ({ showId, digest }, from) => {
    const room = homes.findStream(showId)?.followers.has(from) ? await rooms.awaitRoom(showId) : undefined
    return { isSame: room !== undefined && presenceDigest(presencesOn(from, room.state)) === digest }
  })

  peers.answer('room:unfollow', homeQuestions['room:unfollow'], async ({ showId }, from) => {
    homes.findStream(showId)?.removeFollower(from)
    return null
  })
}

/** Sends an announcement of a host to everybody in the show. Throws the refusal. */
export async function announce(
  room: Room,
  actor: Actor,
  text: string,
  delivery: Pick<Delivery, 'toShow'>,
  nowMs: () => number
): Promise<void> {
  await room.command(actor, { type: 'show:announce' }, () =>
    delivery.toShow(room.showId, 'announcement', { text, at: nowMs() })
  )
}

/** Drops the presences of a node that it does not know any more: their loss did not arrive. */
async function dropUnknown(room: LiveRoom, nodeId: string, known: ReadonlySet<string>): Promise<void> {
  for (const { userId, presenceId } of room.state.members.values()) {
    if (presenceId === null || nodeOfPresence(presenceId) !== nodeId || known.has(presenceId)) continue
    await room.command({ kind: 'system' }, { type: 'server:dropped', userId, presenceId })
  }
}

function memberOf(actor: Actor): MemberActor {
  if (actor.kind !== 'member') throw new Error(`a comment of a ${actor.kind}`)
  return actor
}
