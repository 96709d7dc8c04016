import { isHost, seatsTaken, slowModeMsOf, findStageMember } from '../../../contract/room.ts'
import { ownerOf } from '../../../contract/stage.ts'
import type { QueueEntry } from '../../../contract/snapshot.ts'
import { actorId, type Actor, type CommandMap } from '../commands.ts'
import { presenceOf, requestNumber, type ServerRoomState } from '../server-room-state.ts'

export function isCreator(state: ServerRoomState, actor: Actor): boolean {
  return actorId(actor) === state.room.creatorId
}

/** Whether the actor runs the room: the creator, or the co-host to whom the show was handed over. */
export function isOwner(state: ServerRoomState, actor: Actor): boolean {
  return actorId(actor) === ownerOf(state.room)
}

/** Whether the owner of the room is not connected. */
export function isOwnerAway({ room, members }: ServerRoomState): boolean {
  return (members.get(ownerOf(room))?.presenceId ?? null) === null
}

/** Whether the actor hosts the show: the creator or a co-host. The system does not. */
export function isActingHost(state: ServerRoomState, actor: Actor): boolean {
  return actor.kind !== 'system' && isHost(state.room, actor.userId)
}

export function isCohost(state: ServerRoomState, userId: string | null): boolean {
  return userId !== null && state.room.cohostIds.includes(userId)
}

export function isGuest(actor: Actor): boolean {
  return actor.kind === 'member' && actor.guest
}

/** Whether the member acts through the presence the room knows. */
export function isPresent(state: ServerRoomState, actor: Actor): boolean {
  return actor.kind === 'member' && presenceOf(state, actor.userId) === actor.presenceId
}

export function hasFloor(state: ServerRoomState, userId: string | null): boolean {
  return userId !== null && findStageMember(state.room, userId) !== undefined
}

export function isStageFull({ room }: ServerRoomState): boolean {
  return seatsTaken(room) >= room.settings.maxSpeakers
}

export function isInvited({ room }: ServerRoomState, userId: string | null): boolean {
  return room.invited.some(invited => invited.userId === userId)
}

/** Whether the person's speak request waits in the queue. */
export function isWaiting({ room }: ServerRoomState, userId: string | null): boolean {
  return room.queue.some(entry => entry.userId === userId)
}

export function findRequest({ room }: ServerRoomState, requestId: string): QueueEntry | undefined {
  return room.queue.find(entry => entry.requestId === requestId)
}

/** Whether a request with this id was ever made. */
export function wasRequested({ requestCount }: ServerRoomState, requestId: string): boolean {
  return (requestNumber(requestId) ?? Infinity) <= requestCount
}

/** Whether a member lost their connection and their grace period runs. */
export function isAway({ members }: ServerRoomState, userId: string): boolean {
  return members.get(userId)?.presenceId === null
}

/** Whether the person is in the show or was at any time. */
export function wasInShow({ members, visitorIds }: ServerRoomState, userId: string): boolean {
  return members.has(userId) || visitorIds.has(userId)
}

export function isCommentMuted({ room }: ServerRoomState, userId: string | null): boolean {
  return userId !== null && room.commentMutedIds.includes(userId)
}

/** Whether the person may be backstage: the creator, and those whom the creator has invited. */
export function isExpectedBackstage({ room, backstage }: ServerRoomState, userId: string | null): boolean {
  return userId === room.creatorId || backstage.guests.some(guest => guest.userId === userId)
}

/** Whether the command waits for the start: it is of a person who is not backstage. */
export function isWaitingOutside({ room, members }: ServerRoomState, actor: Actor): boolean {
  return room.status === 'scheduled' && !members.has(actorId(actor) ?? '')
}

/**
 * Whether a request of this person takes a seat at once: a host's, the consent of an invited person, or any backstage.
 */
export function isGrantedAtOnce(state: ServerRoomState, userId: string | null): boolean {
  if (state.room.status === 'scheduled') return true
  return (userId !== null && isHost(state.room, userId)) || isInvited(state, userId)
}

type TargetingCommand = CommandMap[
  'speak:answer' | 'speak:invite' | 'speak:revoke' | 'mute:set' | 'cohost:set' | 'member:remove' | 'comment:mute']

/** The person a command acts on; null for an answer to a request that is not in the queue. */
export function targetOf(state: ServerRoomState, command: TargetingCommand): string | null {
  if (command.type !== 'speak:answer') return command.userId
  return findRequest(state, command.requestId)?.userId ?? null
}

/** Clocks of servers that follow each other differ by less. */
const clockToleranceMs = 1000

/**
 * Time until a person may comment again, ms; 0 or less when they may comment now. Hosts never wait, and nobody waits
 * for a comment from the future: the clock was set back since.
 */
export function slowModeLeftMs(state: ServerRoomState, actor: Actor, nowMs: number): number {
  const userId = actorId(actor) ?? ''
  const last = state.lastComments.get(userId)
  const slowModeMs = slowModeMsOf(state.room, userId)
  if (!last || slowModeMs === 0 || last.atMs > nowMs + clockToleranceMs) return 0
  return last.atMs + slowModeMs - nowMs
}
