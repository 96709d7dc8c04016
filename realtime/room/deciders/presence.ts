import { findStageMember } from '../../../contract/room.ts'
import { ownerOf } from '../../../contract/stage.ts'
import type { Actor, CommandMap, MemberActor } from '../commands.ts'
import type { ServerRoomEvent } from '../events.ts'
import { nodeOfPresence } from '../presence-ids.ts'
import { graceEndsAt, presenceOf, type ServerRoomState } from '../server-room-state.ts'
import { everybodyRemoved, placeBackstage } from './backstage.ts'
import { byMember, changesNothing, onAir, whileOpen, type Deciders } from './decider.ts'
import { withoutOwner } from './ownership.ts'
import { renamedPin, unpinOf } from './pins.ts'
import { pollDismissedOf } from './polls.ts'
import { restore } from './restore.ts'

/** People joining and leaving the room. */
export const presenceDeciders: Deciders<
  | 'show:join'
  | 'show:resync'
  | 'show:leave'
  | 'server:dropped'
  | 'server:nodeLost'
  | 'server:graceOver'
  | 'server:restored'
  | 'server:erased'
  | 'server:renamed'
> = {
  'show:join': byMember(join),
  'show:resync': changesNothing,
  'show:leave': byMember((state, _command, { userId }, nowMs) => leave(state, userId, nowMs)),
  'server:dropped': whileOpen((state, { userId, presenceId }, _actor, nowMs) => drop(state, userId, presenceId, nowMs)),
  'server:nodeLost': whileOpen(dropNode),
  'server:graceOver': whileOpen((state, { userId }, _actor, nowMs) => endGrace(state, userId, nowMs)),
  'server:restored': onAir(restore),
  'server:erased': whileOpen((state, { userId }) => erase(state, userId)),
  'server:renamed': whileOpen(rename)
}

/** A second presence of the same person replaces the first; they produce again from the new one. */
function join(
  state: ServerRoomState,
  { source }: CommandMap['show:join'],
  { kind, ...member }: MemberActor
): ServerRoomEvent[] {
  const before = presenceOf(state, member.userId)
  if (before === member.presenceId) return []
  const isOwner = member.userId === ownerOf(state.room)
  return [
    ...(before === null ? [] : loseVoice(state, member.userId)),
    { type: 'member:arrived', member, ...(source && { source }) },
    ...(isOwner && state.room.status === 'interrupted' ? [{ type: 'show:resumed' } as const] : []),
    ...(state.room.status === 'scheduled' ? placeBackstage(state, member) : [])
  ]
}

/**
 * Leaving has no grace period, except for the owner: it counts as a lost connection of theirs. Backstage, the creator
 * keeps the place without it.
 */
function leave(state: ServerRoomState, userId: string, nowMs: number): ServerRoomEvent[] {
  if (userId === ownerOf(state.room)) {
    const isBackstage = state.room.status === 'scheduled'
    return isBackstage ? [...loseVoice(state, userId), { type: 'member:gone', userId }] : dropOwner(state, nowMs)
  }
  return [...giveUp(state, userId, 'left', userId), { type: 'member:gone', userId }]
}

/** A lost connection. One that was replaced in the meantime changes nothing. */
function drop(state: ServerRoomState, userId: string, presenceId: string, nowMs: number): ServerRoomEvent[] {
  const { room } = state
  if (presenceOf(state, userId) !== presenceId) return []
  if (userId === ownerOf(room)) return dropOwner(state, nowMs)
  const seat = findStageMember(room, userId)
  if (!seat && !isAsking(state, userId)) return [{ type: 'member:gone', userId }]
  return [
    ...(seat && seat.state !== 'suspended' ? [{ type: 'stage:suspended', userId } as const] : []),
    { type: 'member:away', userId }
  ]
}

/** The connections of a node are lost. Each counts as lost on its own. */
function dropNode(
  state: ServerRoomState,
  { nodeId }: CommandMap['server:nodeLost'],
  _actor: Actor,
  nowMs: number
): ServerRoomEvent[] {
  return [...state.members.values()].flatMap(({ userId, presenceId }) =>
    presenceId !== null && nodeOfPresence(presenceId) === nodeId ? drop(state, userId, presenceId, nowMs) : []
  )
}

/** Changes nothing when the person came back or has time left. Backstage, the creator may come back at any time. */
function endGrace(state: ServerRoomState, userId: string, nowMs: number): readonly ServerRoomEvent[] {
  const { creatorId, ownerId, status } = state.room
  const member = state.members.get(userId)
  const endsAt = member ? graceEndsAt(state, member) : null
  if (endsAt === null || nowMs < endsAt) return []
  if (userId === creatorId && status === 'scheduled') return [{ type: 'member:gone', userId }]
  if (userId === creatorId && ownerId === undefined) return [{ type: 'show:ended', reason: 'creatorLeft' }]
  const ending: ServerRoomEvent[] = [...giveUp(state, userId, 'grace', null), { type: 'member:gone', userId }]
  return userId === ownerId ? withoutOwner(state, ending) : ending
}

/** The show of an erased creator ends. From another show the person disappears with their words; other actions stay. */
function erase(state: ServerRoomState, userId: string): readonly ServerRoomEvent[] {
  const { creatorId, ownerId, cohostIds, status } = state.room
  if (userId === creatorId && status === 'scheduled') return everybodyRemoved(state)
  if (userId === creatorId) return [{ type: 'show:ended', reason: 'creatorErased' }]
  const ending: ServerRoomEvent[] = [
    ...giveUp(state, userId, 'left', userId),
    ...unpinOf(state, userId),
    ...pollDismissedOf(state, userId),
    ...(state.ballots.some(ballot => ballot.has(userId)) ? [{ type: 'votes:forgotten', userId } as const] : []),
    ...(cohostIds.includes(userId) ? [{ type: 'cohost:changed', userId, cohost: false } as const] : []),
    ...(state.members.has(userId) ? [{ type: 'member:gone', userId } as const] : [])
  ]
  return userId === ownerId ? withoutOwner(state, ending) : ending
}

/** Shows the new name and picture wherever the person appears. */
function rename(
  state: ServerRoomState,
  { userId, displayName, avatarUrl }: CommandMap['server:renamed']
): ServerRoomEvent[] {
  const { room, members } = state
  const profile = { userId, displayName, avatarUrl }
  const isOutdated = (person: { displayName: string; avatarUrl: string | null } | undefined) =>
    person !== undefined && (person.displayName !== displayName || person.avatarUrl !== avatarUrl)
  const asking = [...room.queue, ...room.invited].find(person => person.userId === userId)
  return [
    ...(isOutdated(members.get(userId)) ? [{ type: 'member:renamed', ...profile } as const] : []),
    ...(isOutdated(findStageMember(room, userId)) ? [{ type: 'stage:renamed', ...profile } as const] : []),
    ...(isOutdated(asking) ? [{ type: 'speak:renamed', ...profile } as const] : []),
    ...renamedPin(state, profile)
  ]
}

function dropOwner(state: ServerRoomState, nowMs: number): ServerRoomEvent[] {
  const userId = ownerOf(state.room)
  return [
    ...loseVoice(state, userId),
    { type: 'member:away', userId },
    ...(state.room.status === 'live'
      ? [{ type: 'show:interrupted', until: nowMs + state.limits.creatorGraceMs } as const]
      : [])
  ]
}

function loseVoice({ room }: ServerRoomState, userId: string): ServerRoomEvent[] {
  return findStageMember(room, userId)?.state === 'onStage' ? [{ type: 'stage:suspended', userId }] : []
}

function isAsking({ room }: ServerRoomState, userId: string): boolean {
  return [...room.queue, ...room.invited].some(person => person.userId === userId)
}

/** Ends the person's seat, request and invitation. */
function giveUp(
  { room }: ServerRoomState,
  userId: string,
  reason: 'left' | 'grace',
  by: string | null
): ServerRoomEvent[] {
  const request = room.queue.find(entry => entry.userId === userId)
  const isInvited = room.invited.some(invited => invited.userId === userId)
  return [
    ...(findStageMember(room, userId) ? [{ type: 'stage:left', userId, reason } as const] : []),
    ...(request ? [{ type: 'speak:withdrawn', requestId: request.requestId, userId, by } as const] : []),
    ...(isInvited ? [{ type: 'speak:withdrawn', requestId: null, userId, by } as const] : [])
  ]
}
