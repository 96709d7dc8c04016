import type { BackstageGuest } from '../../../contract/backstage.ts'
import { findStageMember, seatsTaken } from '../../../contract/room.ts'
import type { StageMember } from '../../../contract/snapshot.ts'
import type { CommandMap } from '../commands.ts'
import type { ServerRoomEvent } from '../events.ts'
import type { Member, ServerRoomState } from '../server-room-state.ts'
import { profileOf, whileBackstage, type Deciders, type Profile } from './decider.ts'
import { remove } from './moderation.ts'

/** The people who meet backstage before a show starts. */
export const backstageDeciders: Deciders<'server:backstageEdited' | 'server:showDeleted'> = {
  'server:backstageEdited': followInvitations,
  'server:showDeleted': whileBackstage(everybodyRemoved)
}

/** Everybody who comes backstage has the role of their invitation, and a place on stage while there are free seats. */
export function placeBackstage(state: ServerRoomState, { userId, ...person }: Profile): ServerRoomEvent[] {
  const { room, backstage } = state
  const by = room.creatorId
  const seat = findStageMember(room, userId)
  const isSeated = seat ? userId !== room.creatorId || seat.state !== 'suspended' : isFull(state)
  return [
    ...roleEvents(state, userId, backstage.guests),
    ...(isSeated ? [] : [{ type: 'floor:granted', ...profileOf({ userId, ...person }), by } as const])
  ]
}

/**
 * Returns what makes the room on air from the room backstage: roles, the stage and the people who are there. Nothing of
 * what happened backstage is in the log, so these events say it again; clients have it already.
 */
export function broughtOnAir({ room, members }: ServerRoomState): ServerRoomEvent[] {
  const { creatorId } = room
  return [
    ...room.cohostIds.map(userId => ({ type: 'cohost:changed', userId, cohost: true, by: creatorId }) as const),
    ...room.stage.flatMap(seat => seatEvents(seat, creatorId)),
    ...[...members.values()].map(arrival)
  ]
}

function seatEvents(seat: StageMember, creatorId: string): ServerRoomEvent[] {
  const { userId, state, muted, producerId, silent } = seat
  const granted = userId === creatorId ? [] : [{ type: 'floor:granted', ...profileOf(seat), by: creatorId } as const]
  if (producerId !== null) {
    return [...granted, { type: 'stage:joined', userId, producerId, muted, ...(silent === true && { silent }) }]
  }
  return [
    ...granted,
    ...(muted ? [{ type: 'mute:changed', userId, muted, by: userId } as const] : []),
    ...(state === 'suspended' ? [{ type: 'stage:suspended', userId } as const] : [])
  ]
}

function arrival({ awaySinceMs: _awaySinceMs, presenceId, ...person }: Member): ServerRoomEvent {
  return presenceId === null
    ? { type: 'member:awaited', member: person }
    : { type: 'member:arrived', member: { ...person, presenceId } }
}

/**
 * People who are not invited any more leave at once, and a changed role counts at once. From the start on, invitations
 * change nothing: a node of an earlier build would count the event among those with a place in the log.
 */
function followInvitations(
  state: ServerRoomState,
  { version, guests }: CommandMap['server:backstageEdited']
): ServerRoomEvent[] {
  if (state.room.status !== 'scheduled' || version <= state.backstage.version) return []
  const loaded: ServerRoomEvent = { type: 'backstage:loaded', version, guests }
  const { creatorId } = state.room
  const invitedIds = new Set([creatorId, ...guests.map(({ userId }) => userId)])
  // A co-host who has left keeps the role for the show.
  const changes = [...new Set([...state.members.keys(), ...state.room.cohostIds])].flatMap(userId =>
    invitedIds.has(userId) ? roleEvents(state, userId, guests) : removed(state, userId)
  )
  return [loaded, ...changes]
}

/** Returns the events that empty the room, because its show will not take place. */
export function everybodyRemoved(state: ServerRoomState): ServerRoomEvent[] {
  return [...state.members.keys()].flatMap(userId => removed(state, userId))
}

function removed(state: ServerRoomState, userId: string): readonly ServerRoomEvent[] {
  return remove(state, { type: 'member:remove', userId, ban: false }, { kind: 'system' })
}

function roleEvents(state: ServerRoomState, userId: string, guests: readonly BackstageGuest[]): ServerRoomEvent[] {
  const cohost = guests.some(guest => guest.userId === userId && guest.role === 'cohost')
  if (cohost === state.room.cohostIds.includes(userId)) return []
  return [{ type: 'cohost:changed', userId, cohost, by: state.room.creatorId }]
}

function isFull({ room }: ServerRoomState): boolean {
  return seatsTaken(room) >= room.settings.maxSpeakers
}
