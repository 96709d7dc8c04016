import { randomUUID } from 'node:crypto'
import type { AckData } from '../../contract/client-events.ts'
import { CodedError } from '../../contract/errors.ts'
import type { Delivery } from '../delivery/delivery.ts'
import type { AnswerNow, Handlers } from '../sockets/gate.ts'
import type { LiveRoom } from '../rooms/live-room.ts'
import type { LiveRooms } from '../rooms/live-rooms.ts'
import { command, membershipOf } from '../sockets/membership.ts'
import { snapshotFor } from '../room/snapshot.ts'
import type { House } from '../room/server-room-state.ts'
import { seat, unseat } from '../delivery/socket-delivery.ts'
import type { AmbientSocket, MemberActor } from '../sockets/socket-data.ts'
import type { ShowAudios } from '../audio/show-audios.ts'

export interface ShowHandlerParts {
  rooms: LiveRooms
  audios: ShowAudios
  delivery: Delivery
  /** Why there is no room to enter: throws NOT_FOUND, SHOW_NOT_LIVE or SHOW_ENDED. */
  refuseClosed(showId: string, userId: string): Promise<never>
  /** Whether this show may be seen at all; throws NOT_FOUND. */
  requireVisible(showId: string, userId: string): Promise<void>
  /** Whether the creator of a show lets somebody into none of theirs. */
  isBlocked(creatorId: string, userId: string): Promise<boolean>
  nowMs: () => number
}

type ShowEvent = 'show:join' | 'show:resync' | 'show:leave' | 'show:announce'

/** Coming into a show and leaving it. A socket's joins and leaves run one after the other. */
export function showHandlers(parts: ShowHandlerParts): Pick<Handlers, ShowEvent> {
  const { rooms, audios, delivery, nowMs } = parts
  const turns = new WeakMap<AmbientSocket, Promise<unknown>>()

  async function inTurn<T>(socket: AmbientSocket, task: () => Promise<T>): Promise<T> {
    const mine = (turns.get(socket) ?? Promise.resolve()).then(task)
    turns.set(
      socket,
      mine.catch(() => {})
    )
    return await mine
  }

  function joined(room: LiveRoom, house: House, actor: MemberActor): AckData<'show:join'> {
    return {
      snapshot: snapshotFor(house, actor.userId, nowMs()),
      sessionId: actor.sessionId,
      media: { routerRtpCapabilities: audios.rtpCapabilities(room.showId) }
    }
  }

  async function join(
    socket: AmbientSocket,
    showId: string,
    answerNow: AnswerNow<'show:join'>
  ): Promise<AckData<'show:join'>> {
    const requestedAtMs = performance.now()
    const { membership, identity } = socket.data
    if (membership && membership.room.showId !== showId) throw new CodedError('CONFLICT', 'Leave the other show first.')
    // Who is in stays in, also when the show was made private meanwhile.
    if (!membership) await parts.requireVisible(showId, identity.userId)
    const room = rooms.find(showId) ?? (await parts.refuseClosed(showId, identity.userId))
    const { signInId, ...person } = identity
    const actor: MemberActor = membership?.actor ?? { kind: 'member', ...person, sessionId: randomUUID() }
    return await enter(socket, room, { actor, requestedAtMs }, answerNow)
  }

  /** The audio has a place for the session first, so that nothing is awaited between being in and being told so. */
  async function enter(
    socket: AmbientSocket,
    room: LiveRoom,
    { actor, requestedAtMs }: { actor: MemberActor; requestedAtMs: number },
    answerNow: AnswerNow<'show:join'>
  ): Promise<AckData<'show:join'>> {
    const already = socket.data.membership !== null
    room.check(actor, { type: 'show:join' })
    if (!already && (await isBlocked(room, actor))) throw new CodedError('BANNED', 'The creator has blocked you.')
    if (!already) await audios.join(room.showId, { presenceId: actor.sessionId, userId: actor.userId, requestedAtMs })
    let isCommitted = false
    let answer: AckData<'show:join'> | undefined
    try {
      // A connection that is gone must not take the place of the one its person came back with.
      if (!socket.connected) throw lostWhileJoining()
      await room.command(actor, { type: 'show:join' }, house => {
        isCommitted = true
        if (!socket.connected) return
        answer = joined(room, house, actor)
        answerNow(answer)
        if (already) return
        socket.data.membership = { room, actor }
        seat(socket, room.showId, actor.userId, actor.sessionId)
      })
    } catch (error) {
      if (!already && !isCommitted) audios.leave(room.showId, actor.sessionId)
      if (!isCommitted) throw error
    }
    if (answer) {
      if (!already) await expelBlocked(room, actor)
      return answer
    }
    await room.command({ kind: 'server' }, { type: 'server:dropped', userId: actor.userId, sessionId: actor.sessionId })
    throw lostWhileJoining()
  }

  async function isBlocked(room: LiveRoom, { userId }: MemberActor): Promise<boolean> {
    return await parts.isBlocked(room.house.room.creatorId, userId)
  }

  /** A block that came while they were on their way in has looked for them in vain. */
  async function expelBlocked(room: LiveRoom, actor: MemberActor): Promise<void> {
    if (!(await isBlocked(room, actor))) return
    await room.command(
      { kind: 'user', userId: room.house.room.creatorId },
      { type: 'member:remove', userId: actor.userId, ban: false }
    )
  }

  return {
    'show:join': async (socket, { showId }, answerNow) =>
      await inTurn(socket, async () => await join(socket, showId, answerNow)),
    async 'show:resync'(socket, _payload, answerNow) {
      const { room, actor } = membershipOf(socket)
      let snapshot = snapshotFor(room.house, actor.userId, nowMs())
      await room.command(actor, { type: 'show:resync' }, house => {
        snapshot = snapshotFor(house, actor.userId, nowMs())
        answerNow({ snapshot })
      })
      return { snapshot }
    },
    'show:leave': async socket =>
      await inTurn(socket, async () => {
        const { room, actor } = membershipOf(socket)
        await room.command(actor, { type: 'show:leave' }, () => unseat(socket))
        return {}
      }),
    async 'show:announce'(socket, { text }) {
      const { room } = membershipOf(socket)
      await command(socket, { type: 'show:announce' }, () =>
        delivery.toShow(room.showId, 'announcement', { text, at: nowMs() })
      )
      return {}
    }
  }
}

function lostWhileJoining(): CodedError {
  return new CodedError('NOT_IN_SHOW', 'The connection was lost while joining.')
}
