import { findStageMember } from '../../contract/room.ts'
import type { House, HouseEvent, Member } from './server-room-state.ts'

/** A second session of the same person: they produce again from the new one. */
export function takeOver(house: House, userId: string): HouseEvent[] {
  return loseVoice(house, userId)
}

/** The creator is back in time. */
export function comeBack(house: House, userId: string): HouseEvent[] {
  const { creatorId, status } = house.room
  return userId === creatorId && status === 'interrupted' ? [{ type: 'show:resumed' }] : []
}

/** Leaving on purpose has no grace; the creator leaving is a drop all the same. */
export function leave(house: House, userId: string, nowMs: number): HouseEvent[] {
  if (userId === house.room.creatorId) return dropCreator(house, nowMs)
  return [...giveUp(house, userId, 'left', userId), { type: 'member:gone', userId }]
}

/** A connection broke; a session that was replaced meanwhile is nobody's any more. */
export function connectionLost(house: House, userId: string, sessionId: string, nowMs: number): HouseEvent[] {
  const { room } = house
  if (house.members.get(userId)?.sessionId !== sessionId) return []
  if (userId === room.creatorId) return dropCreator(house, nowMs)
  const seat = findStageMember(room, userId)
  if (!seat && !isAsking(house, userId)) return [{ type: 'member:gone', userId }]
  return [
    ...(seat && seat.state !== 'suspended' ? [{ type: 'stage:suspended', userId } as const] : []),
    { type: 'member:away', userId }
  ]
}

/** When the grace of somebody away is over, ms since the epoch. */
export function graceEndsAt(house: House, member: Member): number | null {
  if (member.awaySinceMs === null) return null
  const { creatorGraceMs, speakerGraceMs } = house.limits
  return member.awaySinceMs + (member.userId === house.room.creatorId ? creatorGraceMs : speakerGraceMs)
}

/** Somebody did not come back in time; nothing when they did, or have time left. */
export function graceOver(house: House, userId: string, nowMs: number): HouseEvent[] {
  const member = house.members.get(userId)
  const endsAt = member && graceEndsAt(house, member)
  if (endsAt === null || endsAt === undefined || nowMs < endsAt) return []
  if (userId === house.room.creatorId) return [{ type: 'show:ended', reason: 'creatorLeft' }]
  return [...giveUp(house, userId, 'grace', null), { type: 'member:gone', userId }]
}

/** Somebody's account is gone: their show ends; in another nothing of them is left but what they did. */
export function erased(house: House, userId: string): HouseEvent[] {
  const { creatorId, cohostIds } = house.room
  if (userId === creatorId) return [{ type: 'show:ended', reason: 'creatorErased' }]
  return [
    ...giveUp(house, userId, 'left', userId),
    ...(cohostIds.includes(userId) ? [{ type: 'cohost:changed', userId, cohost: false } as const] : []),
    ...(house.members.has(userId) ? [{ type: 'member:gone', userId } as const] : [])
  ]
}

/** The server came back: nobody is connected, nobody is heard, and everybody has their grace from now. */
export function restored(house: House, nowMs: number): HouseEvent[] {
  const { room, limits } = house
  const suspended = room.stage
    .filter(member => member.state !== 'suspended')
    .map(({ userId }) => ({ type: 'stage:suspended', userId }) as const)
  const awaited = [...room.stage, ...room.queue, ...room.invited]
    .filter(({ userId }) => userId !== room.creatorId)
    .map(
      ({ userId, displayName, avatarUrl }) =>
        ({ type: 'member:awaited', member: { userId, displayName, avatarUrl, guest: false } }) as const
    )
  return [...suspended, { type: 'show:interrupted', until: nowMs + limits.creatorGraceMs }, ...awaited]
}

function dropCreator(house: House, nowMs: number): HouseEvent[] {
  const { creatorId, status } = house.room
  return [
    ...loseVoice(house, creatorId),
    { type: 'member:away', userId: creatorId },
    ...(status === 'live' ? [{ type: 'show:interrupted', until: nowMs + house.limits.creatorGraceMs } as const] : [])
  ]
}

function loseVoice(house: House, userId: string): HouseEvent[] {
  return findStageMember(house.room, userId)?.state === 'onStage' ? [{ type: 'stage:suspended', userId }] : []
}

function isAsking(house: House, userId: string): boolean {
  return [...house.room.queue, ...house.room.invited].some(person => person.userId === userId)
}

/** Seat, request and invitation, whichever there is, are given up. */
function giveUp(house: House, userId: string, reason: 'left' | 'grace', by: string | null): HouseEvent[] {
  const { room } = house
  const events: HouseEvent[] = []
  if (findStageMember(room, userId)) events.push({ type: 'stage:left', userId, reason })
  const entry = room.queue.find(entry => entry.userId === userId)
  if (entry) events.push({ type: 'speak:withdrawn', requestId: entry.requestId, userId, by })
  if (room.invited.some(invited => invited.userId === userId)) {
    events.push({ type: 'speak:withdrawn', requestId: null, userId, by })
  }
  return events
}
