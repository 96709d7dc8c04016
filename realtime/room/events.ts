import type { ListenerSource } from '../../contract/audience-events.ts'
import type { BackstageGuest } from '../../contract/backstage.ts'
import type { PlaylistItem } from '../../contract/playback.ts'
import type { QueueEvent, RoomEvent, StampedEvent } from '../../contract/room-events.ts'
import type { RoomState } from '../../contract/room.ts'
import type { Member } from './server-room-state.ts'
import type { VoteEvent } from './votes.ts'

/** An event with a place in the show's log; clients receive it. */
export type LoggedEvent = RoomEvent | QueueEvent

/** People joining and leaving the room. Known to the server only: neither logged nor sent. */
export type PresenceEvent =
  /** `source`: how the person says they found the show. Counted only; the state does not keep it. */
  | {
      type: 'member:arrived'
      member: Omit<Member, 'awaySinceMs'> & { presenceId: string }
      source?: ListenerSource
    }
  /** The person is expected within their grace period. */
  | { type: 'member:awaited'; member: Omit<Member, 'awaySinceMs' | 'presenceId'> }
  | { type: 'member:away'; userId: string }
  | { type: 'member:gone'; userId: string }
  | { type: 'member:renamed'; userId: string; displayName: string; avatarUrl: string | null }

/** Accepted comments, which slow mode counts. Known to the server only. */
export type CommentEvent =
  | { type: 'member:commented'; userId: string }
  /** The last accepted comment was not stored. */
  | { type: 'member:commentLost'; userId: string }

/** Changes of stored documents. The documents are stored on their own, so these events are neither logged nor sent. */
export type DocumentEvent =
  | { type: 'playlist:loaded'; items: readonly PlaylistItem[] }
  | { type: 'show:loaded'; version: number }
  | { type: 'backstage:loaded'; version: number; guests: readonly BackstageGuest[] }

/** Every change of a room on its server. */
export type ServerRoomEvent = LoggedEvent | PresenceEvent | CommentEvent | VoteEvent | DocumentEvent

const unlogged: ReadonlySet<ServerRoomEvent['type']> = new Set([
  'member:arrived',
  'member:awaited',
  'member:away',
  'member:gone',
  'member:renamed',
  'member:commented',
  'member:commentLost',
  'vote:cast',
  'votes:forgotten',
  'playlist:loaded',
  'show:loaded',
  'backstage:loaded'
] satisfies Exclude<ServerRoomEvent, LoggedEvent>['type'][])

/** Whether the event is one of those that members receive. They have a place in the log once the show has started. */
export function isLogged(event: ServerRoomEvent): event is LoggedEvent {
  return !unlogged.has(event.type)
}

const presence: ReadonlySet<ServerRoomEvent['type']> = new Set([
  'member:arrived',
  'member:awaited',
  'member:away',
  'member:gone',
  'member:renamed'
] satisfies PresenceEvent['type'][])

export function isPresenceEvent(event: ServerRoomEvent): event is PresenceEvent {
  return presence.has(event.type)
}

const votes: ReadonlySet<ServerRoomEvent['type']> = new Set([
  'vote:cast',
  'votes:forgotten'
] satisfies VoteEvent['type'][])

export function isVoteEvent(event: ServerRoomEvent): event is VoteEvent {
  return votes.has(event.type)
}

const commented: ReadonlySet<ServerRoomEvent['type']> = new Set([
  'member:commented',
  'member:commentLost'
] satisfies CommentEvent['type'][])

/** Whether only the home of the show knows the event, because it alone accepts comments and votes. */
export function isOfHome(event: ServerRoomEvent): event is CommentEvent | VoteEvent {
  return commented.has(event.type) || isVoteEvent(event)
}

const queue: ReadonlySet<ServerRoomEvent['type']> = new Set([
  'speak:requested',
  'speak:withdrawn',
  'speak:rejected',
  'speak:invited',
  'speak:renamed',
  'comments:muted',
  'member:unbanned',
  'voice:recorded'
] satisfies QueueEvent['type'][])

/** Whether the event goes to the hosts and the person concerned only. Queue events of later builds are marked. */
export function isQueueEvent(event: LoggedEvent): event is QueueEvent {
  return queue.has(event.type) || ('isPrivate' in event && event.isPrivate === true)
}

/**
 * The event with the version it gets when it happens now, as clients receive it. Events backstage are counted
 * apart: the start of a show is version 1.
 */
export function stamp(room: RoomState, event: LoggedEvent, at: number): StampedEvent {
  if (event.type === 'show:started') return { version: 1, at, event }
  return isQueueEvent(event)
    ? { queueVersion: room.queueVersion + 1, at, event }
    : { version: room.version + 1, at, event }
}
