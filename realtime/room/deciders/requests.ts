import { isHost, findStageMember } from '../../../contract/room.ts'
import { ownerOf } from '../../../contract/stage.ts'
import type { CommandMap, MemberActor } from '../commands.ts'
import type { ServerRoomEvent } from '../events.ts'
import { requestId, requestNumber, type ServerRoomState } from '../server-room-state.ts'
import { byMember, profileOf, type Deciders, type Profile } from './decider.ts'

/** Speak requests, their answers, and invitations. */
export const requestDeciders: Deciders<
  | 'speak:request'
  | 'speak:cancel'
  | 'speak:answer'
  | 'speak:rejectAll'
  | 'speak:invite'
  | 'speak:respond'
  | 'speak:revoke'
> = {
  'speak:request': byMember(request),
  'speak:cancel': byMember((state, _command, { userId }) => endRequest(state, userId, 'speak:withdrawn', userId)),
  'speak:answer': byMember(answer),
  'speak:rejectAll': byMember(rejectAll),
  'speak:invite': byMember(invite),
  'speak:respond': byMember(respond),
  'speak:revoke': byMember(revoke)
}

/** The request of a co-host or an invited person grants the floor at once, and so does every one backstage. */
function request(
  state: ServerRoomState,
  { reason }: CommandMap['speak:request'],
  actor: MemberActor,
  nowMs: number
): ServerRoomEvent[] {
  const { room, requestCount } = state
  const invitation = room.invited.find(invited => invited.userId === actor.userId)
  if (invitation) return [grant(actor, invitation.by)]
  if (isHost(room, actor.userId)) return [grant(actor, actor.userId)]
  if (room.status === 'scheduled') return [grant(actor, room.creatorId)]
  if (room.queue.some(entry => entry.userId === actor.userId)) return []
  const id = requestId(requestCount + 1)
  return [{ type: 'speak:requested', requestId: id, ...profileOf(actor), reason, requestedAt: nowMs }]
}

function answer(
  state: ServerRoomState,
  { requestId: id, accept }: CommandMap['speak:answer'],
  { userId: by }: MemberActor
): ServerRoomEvent[] {
  const entry = state.room.queue.find(entry => entry.requestId === id)
  if (!entry) return []
  return accept ? [grant(entry, by)] : endRequest(state, entry.userId, 'speak:rejected', by)
}

/** Rejects the requests that the host may answer: only the owner answers those of co-hosts. */
function rejectAll(
  { room }: ServerRoomState,
  { upTo }: CommandMap['speak:rejectAll'],
  { userId: by }: MemberActor
): ServerRoomEvent[] {
  const last = (upTo !== undefined && requestNumber(upTo)) || Infinity
  const cohostIds = by === ownerOf(room) ? [] : room.cohostIds
  return room.queue
    .filter(({ requestId, userId }) => (requestNumber(requestId) ?? 0) <= last && !cohostIds.includes(userId))
    .map(({ requestId, userId }) => ({ type: 'speak:rejected', requestId, userId, by }))
}

/** Inviting a person who asked accepts their request. */
function invite(
  { room, members }: ServerRoomState,
  { userId }: CommandMap['speak:invite'],
  { userId: by }: MemberActor
): ServerRoomEvent[] {
  const entry = room.queue.find(entry => entry.userId === userId)
  if (entry) return [grant(entry, by)]
  const member = members.get(userId)
  if (!member || room.invited.some(invited => invited.userId === userId)) return []
  return [{ type: 'speak:invited', ...profileOf(member), by }]
}

function respond(
  state: ServerRoomState,
  { accept }: CommandMap['speak:respond'],
  actor: MemberActor
): ServerRoomEvent[] {
  const invitation = state.room.invited.find(invited => invited.userId === actor.userId)
  if (!invitation) return []
  return accept ? [grant(actor, invitation.by)] : endInvitation(state, actor.userId, 'speak:rejected', actor.userId)
}

/** Takes the floor back, or withdraws an invitation. */
function revoke(
  state: ServerRoomState,
  { userId }: CommandMap['speak:revoke'],
  { userId: by }: MemberActor
): ServerRoomEvent[] {
  if (findStageMember(state.room, userId)) return [{ type: 'floor:revoked', userId, by, reason: 'revoked' }]
  return endInvitation(state, userId, 'speak:withdrawn', by)
}

function grant(person: Profile, by: string): ServerRoomEvent {
  return { type: 'floor:granted', ...profileOf(person), by }
}

/** Takes a person's request out of the queue, if there is one. */
export function endRequest(
  { room }: ServerRoomState,
  userId: string,
  type: 'speak:withdrawn' | 'speak:rejected',
  by: string | null
): ServerRoomEvent[] {
  const entry = room.queue.find(entry => entry.userId === userId)
  return entry ? [{ type, requestId: entry.requestId, userId, by }] : []
}

/** Ends a person's invitation, if there is one. */
export function endInvitation(
  { room }: ServerRoomState,
  userId: string,
  type: 'speak:withdrawn' | 'speak:rejected',
  by: string | null
): ServerRoomEvent[] {
  return room.invited.some(invited => invited.userId === userId) ? [{ type, requestId: null, userId, by }] : []
}
