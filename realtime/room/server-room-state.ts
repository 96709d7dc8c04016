import type { PlaylistItem } from '../../contract/playback.ts'
import { evolve, type RoomState } from '../../contract/room.ts'
import type { QueueEvent, RoomEvent, StampedEvent } from '../../contract/room-events.ts'

/** Somebody in the show, or away with their grace running (`sessionId` null, `awaySinceMs` set). */
export interface Member {
  readonly userId: string
  readonly displayName: string
  readonly avatarUrl: string | null
  readonly guest: boolean
  readonly sessionId: string | null
  readonly awaySinceMs: number | null
}

/** Facts about who is in the house: the server's alone, never sent and not stored. */
export type PresenceEvent =
  | { type: 'member:arrived'; member: Omit<Member, 'awaySinceMs'> & { sessionId: string } }
  | { type: 'member:awaited'; member: Omit<Member, 'awaySinceMs' | 'sessionId'> }
  | { type: 'member:away'; userId: string }
  | { type: 'member:gone'; userId: string }
  | { type: 'member:renamed'; userId: string; displayName: string; avatarUrl: string | null }
  /** A comment of theirs was accepted; slow mode counts from here. */
  | { type: 'member:commented'; userId: string }
  /** Their last accepted comment came to nothing. */
  | { type: 'member:commentLost'; userId: string }

/** What the show has prepared to play: the store's to keep, so it is neither sent nor stored with the room. */
export interface PlaylistEvent {
  readonly type: 'playlist:loaded'
  readonly items: readonly PlaylistItem[]
}

export type HouseEvent = RoomEvent | QueueEvent | PresenceEvent | PlaylistEvent

/** When somebody's last comment was accepted, and the one before it; ms since the epoch. */
export interface LastComment {
  readonly atMs: number
  readonly beforeMs: number | null
}

/** Numbers the rules need; times in ms. */
export interface HouseLimits {
  readonly creatorGraceMs: number
  readonly speakerGraceMs: number
  readonly queueSize: number
}

/** A live show as its server knows it: the room everybody shares, and what is nobody else's business. */
export interface House {
  readonly room: RoomState
  readonly limits: HouseLimits
  /** Requests ever made; request n has the id `r<n>`, so an answered one is told from one that never was. */
  readonly requestCount: number
  readonly bannedIds: ReadonlySet<string>
  /** `nextId`: what comes after an item that plays and was taken out of the list. */
  readonly playlist: { readonly items: readonly PlaylistItem[]; readonly nextId: string | null }
  /**
   * By user id. This, `visitorIds` and `commented` are all that changes in place: copying them for each of ten thousand joins
   * would make joining quadratic.
   */
  readonly members: Map<string, Member>
  /** Everybody who has ever been in, without the creator: stored apart, since the show counts them. */
  readonly visitorIds: Set<string>
  /** By user id; who left stays. */
  readonly commented: Map<string, LastComment>
}

/** An empty house for a show that has not begun. */
export function emptyHouse(room: RoomState, limits: HouseLimits, items: readonly PlaylistItem[] = []): House {
  return {
    room,
    limits,
    requestCount: 0,
    bannedIds: new Set(),
    playlist: { items, nextId: null },
    members: new Map(),
    visitorIds: new Set(),
    commented: new Map()
  }
}

/** The id of the n-th request. */
export function requestId(n: number): string {
  return `r${n}`
}

/** Which request an id names: its number, or null when it can't be one of ours. */
export function requestNumber(id: string): number | null {
  return /^r[1-9]\d{0,14}$/.test(id) ? Number(id.slice(1)) : null
}

/** Somebody who is connected now. */
export function presentMember(house: House, userId: string): Member | undefined {
  const member = house.members.get(userId)
  return member && member.sessionId !== null ? member : undefined
}

/** People listening: everybody connected but the creator. */
export function countListeners(house: House): number {
  let count = 0
  for (const member of house.members.values()) {
    if (member.sessionId !== null && member.userId !== house.room.creatorId) count++
  }
  return count
}

/** An event with the version it gets if it happens now; presence has none. */
export function stamp(room: RoomState, event: RoomEvent | QueueEvent, at: number): StampedEvent {
  return isQueueEvent(event)
    ? { queueVersion: room.queueVersion + 1, at, event }
    : { version: room.version + 1, at, event }
}

/** The house after a stamped event of the room. */
export function evolveHouse(house: House, stamped: StampedEvent): House {
  const { event } = stamped
  const room = evolve(house.room, stamped)
  if (event.type === 'speak:requested') {
    return { ...house, room, requestCount: Math.max(house.requestCount, requestNumber(event.requestId) ?? 0) }
  }
  if (event.type === 'member:removed' && event.ban) {
    return { ...house, room, bannedIds: new Set([...house.bannedIds, event.userId]) }
  }
  if (event.type === 'member:unbanned') {
    return { ...house, room, bannedIds: new Set([...house.bannedIds].filter(userId => userId !== event.userId)) }
  }
  if (event.type === 'show:ended') {
    house.members.clear()
    house.commented.clear()
  }
  return { ...house, room }
}

/** Presence, changed in place. */
export function evolvePresence(house: House, event: PresenceEvent, at: number): void {
  const { members } = house
  if (event.type === 'member:arrived') {
    members.set(event.member.userId, { ...event.member, awaySinceMs: null })
    if (event.member.userId !== house.room.creatorId) house.visitorIds.add(event.member.userId)
    return
  }
  if (event.type === 'member:awaited') {
    members.set(event.member.userId, { ...event.member, sessionId: null, awaySinceMs: at })
    return
  }
  if (event.type === 'member:commented' || event.type === 'member:commentLost') return evolveCommented(house, event, at)
  const member = members.get(event.userId)
  if (!member) return
  if (event.type === 'member:gone') members.delete(event.userId)
  else if (event.type === 'member:renamed') {
    members.set(event.userId, { ...member, displayName: event.displayName, avatarUrl: event.avatarUrl })
  } else members.set(event.userId, { ...member, sessionId: null, awaySinceMs: at })
}

function evolveCommented(
  { commented }: House,
  { type, userId }: { type: 'member:commented' | 'member:commentLost'; userId: string },
  at: number
): void {
  const last = commented.get(userId)
  if (type === 'member:commented') commented.set(userId, { atMs: at, beforeMs: last?.atMs ?? null })
  else if (typeof last?.beforeMs === 'number') commented.set(userId, { atMs: last.beforeMs, beforeMs: null })
  else commented.delete(userId)
}

export function isPresenceEvent(event: HouseEvent): event is PresenceEvent {
  return (
    event.type === 'member:arrived' ||
    event.type === 'member:awaited' ||
    event.type === 'member:away' ||
    event.type === 'member:gone' ||
    event.type === 'member:renamed' ||
    event.type === 'member:commented' ||
    event.type === 'member:commentLost'
  )
}

export function isQueueEvent(event: RoomEvent | QueueEvent): event is QueueEvent {
  return (
    event.type === 'speak:requested' ||
    event.type === 'speak:withdrawn' ||
    event.type === 'speak:rejected' ||
    event.type === 'speak:invited' ||
    event.type === 'speak:renamed' ||
    event.type === 'comments:muted' ||
    event.type === 'member:unbanned'
  )
}
