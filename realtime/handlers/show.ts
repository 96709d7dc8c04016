import type { AckData, Payload } from '../../contract/client-events.ts'
import { CodedError } from '../../contract/errors.ts'
import type { ReceiveOrder, Reception } from '../../contract/reception.ts'
import type { Receptions } from '../audio/receptions.ts'
import type { ShowAudios } from '../audio/show-audios.ts'
import type { NodeRooms } from '../cluster/node-rooms.ts'
import { newPresenceId } from '../cluster/presence-ids.ts'
import { enterShow, leaveShow, wantLevels } from '../delivery/socket-delivery.ts'
import type { SpeakingFeed } from '../delivery/speaking-feed.ts'
import type { CommandMap, MemberActor } from '../room/commands.ts'
import { presenceOf, type ServerRoomState } from '../room/server-room-state.ts'
import { snapshotFor } from '../room/snapshot.ts'
import type { LostPresences } from '../rooms/lost-presences.ts'
import type { Room } from '../rooms/room.ts'
import type { AnswerNow, Handlers } from '../sockets/gate.ts'
import { sendAway } from '../sockets/disconnect.ts'
import { getMembership } from '../sockets/membership.ts'
import type { AmbientSocket, Membership } from '../sockets/socket-data.ts'
import { createSocketTurns } from '../sockets/socket-turns.ts'

export interface ShowHandlerParts {
  nodeId: string
  rooms: Pick<NodeRooms, 'awaitRoom' | 'openBackstage'>
  audios: Pick<ShowAudios, 'join' | 'leave' | 'rtpCapabilities'>
  receptions: Receptions
  /** Sends an announcement to everybody in the show. Throws the refusal, UNAVAILABLE. */
  announce(membership: Membership, text: string): Promise<void>
  lostPresences: Pick<LostPresences, 'report'>
  speaking: Pick<SpeakingFeed, 'tell'>
  /** Throws the reason why a show has no room: NOT_FOUND, SHOW_NOT_LIVE or SHOW_ENDED. */
  refuseWithoutRoom(showId: string): Promise<never>
  /** Throws NOT_FOUND when the person may not see the show. */
  assertVisible(showId: string, userId: string): Promise<void>
  /** Whether the person may be backstage in a planned show. */
  isInvitedBackstage(showId: string, userId: string): Promise<boolean>
  /** Whether the creator has blocked the person from all their shows. */
  isBlocked(creatorId: string, userId: string): Promise<boolean>
  nowMs: () => number
}

/** Time after which a client connects again when the store could not say whether its person is blocked. */
const askAgainMs = 1_000

type ShowEvent = 'show:join' | 'show:resync' | 'show:leave' | 'show:announce'
type JoinAnswer = AckData<'show:join'>

/** Joining a show and leaving it. The joins and leaves of one socket run one after the other. */
export function showHandlers(parts: ShowHandlerParts): Pick<Handlers, ShowEvent> {
  const { audios, receptions, nowMs } = parts
  const inTurn = createSocketTurns()

  function joinAnswer(
    { showId }: Room,
    state: ServerRoomState,
    actor: MemberActor,
    receive: Reception | undefined
  ): JoinAnswer {
    return {
      snapshot: snapshotFor(state, actor.userId, nowMs()),
      sessionId: actor.presenceId,
      media: { routerRtpCapabilities: audios.rtpCapabilities(showId), ...(receive && { receive }) }
    }
  }

  async function join(
    socket: AmbientSocket,
    { showId, source, backstage, receive, levels }: Payload<'show:join'>,
    answerNow: AnswerNow<'show:join'>
  ): Promise<JoinAnswer> {
    const requestedAtMs = performance.now()
    const { membership, identity } = socket.data
    if (membership && membership.room.showId !== showId) {
      throw new CodedError('CONFLICT', 'Leave the other show first.')
    }
    if (membership && levels !== undefined) wantLevels(socket, showId, levels)
    // Members keep access when a show becomes private.
    if (!membership) await parts.assertVisible(showId, identity.userId)
    const mayOpen = backstage === true && !membership && (await parts.isInvitedBackstage(showId, identity.userId))
    const found = mayOpen ? await parts.rooms.openBackstage(showId) : await parts.rooms.awaitRoom(showId)
    const room = found ?? (await parts.refuseWithoutRoom(showId))
    if (membership) return await rejoin(room, membership.actor, answerNow)
    socket.data.wantsLevels = levels
    const { signInId, ...person } = identity
    return await enter(
      socket,
      room,
      { kind: 'member', ...person, presenceId: newPresenceId(parts.nodeId) },
      { type: 'show:join', ...(source && { source }), ...(backstage && { backstage }) },
      { requestedAtMs, receive },
      answerNow
    )
  }

  /** A socket that is in the show already gets a fresh snapshot, and keeps the media that it has. */
  async function rejoin(room: Room, actor: MemberActor, answerNow: AnswerNow<'show:join'>): Promise<JoinAnswer> {
    let answer = joinAnswer(room, room.state, actor, undefined)
    await room.command(actor, { type: 'show:join' }, state => {
      answer = joinAnswer(room, state, actor, undefined)
      answerNow(answer)
    })
    return answer
  }

  /** The audio gets the presence first, so that nothing is awaited between joining the room and the answer. */
  async function enter(
    socket: AmbientSocket,
    room: Room,
    actor: MemberActor,
    command: CommandMap['show:join'],
    { requestedAtMs, receive }: { requestedAtMs: number; receive: ReceiveOrder | undefined },
    answerNow: AnswerNow<'show:join'>
  ): Promise<JoinAnswer> {
    const { showId } = room
    const { userId, presenceId } = actor
    room.check(actor, command)
    if (await isBlocked(room, actor)) throw new CodedError('BANNED', 'The creator has blocked you.')
    await audios.join(showId, { presenceId, userId, requestedAtMs })
    let isCommitted = false
    let answer: JoinAnswer | undefined
    try {
      const reception = receive && (await receptions.open(room, actor, receive))
      // A lost connection must not replace the connection with which its person has come back.
      if (!socket.connected) throw lostWhileJoining()
      await room.command(actor, command, state => {
        isCommitted = true
        // On another node than the home, the person may have come back elsewhere meanwhile.
        if (!socket.connected || presenceOf(state, userId) !== presenceId) return
        answer = joinAnswer(room, state, actor, reception?.answerTo(socket))
        answerNow(answer)
        socket.data.membership = { room, actor }
        enterShow(socket, showId, userId, presenceId)
        parts.speaking.tell(socket, showId)
      })
    } catch (error) {
      if (!isCommitted) {
        audios.leave(showId, presenceId)
        // The home of the show may have carried the join out, and only its answer was lost.
        if (error instanceof CodedError && error.code === 'UNAVAILABLE') parts.lostPresences.report(room, actor)
        throw error
      }
    }
    if (answer) {
      await removeBlocked(room, actor).catch((error: unknown) => {
        // Whether the person is blocked is not known. Their client connects again, and is asked again.
        sendAway(socket, askAgainMs)
        throw error
      })
      return answer
    }
    audios.leave(showId, presenceId)
    await parts.lostPresences.report(room, actor)
    throw lostWhileJoining()
  }

  async function isBlocked({ state }: Room, { userId }: MemberActor): Promise<boolean> {
    return await parts.isBlocked(state.room.creatorId, userId)
  }

  /** Removes a person who was blocked while joining: the block did not find them in the room. */
  async function removeBlocked(room: Room, actor: MemberActor): Promise<void> {
    if (!(await isBlocked(room, actor))) return
    await room.command({ kind: 'system' }, { type: 'member:remove', userId: actor.userId, ban: false })
  }

  return {
    'show:join': async (socket, payload, answerNow) =>
      await inTurn(socket, async () => await join(socket, payload, answerNow)),
    async 'show:resync'(socket, _payload, answerNow) {
      const { room, actor } = getMembership(socket)
      let snapshot = snapshotFor(room.state, actor.userId, nowMs())
      await room.command(actor, { type: 'show:resync' }, state => {
        snapshot = snapshotFor(state, actor.userId, nowMs())
        answerNow({ snapshot })
      })
      return { snapshot }
    },
    'show:leave': async socket =>
      await inTurn(socket, async () => {
        const { room, actor } = getMembership(socket)
        await room.command(actor, { type: 'show:leave' }, () => leaveShow(socket))
        return {}
      }),
    async 'show:announce'(socket, { text }) {
      await parts.announce(getMembership(socket), text)
      return {}
    }
  }
}

function lostWhileJoining(): CodedError {
  return new CodedError('NOT_IN_SHOW', 'The connection was lost while joining.')
}
