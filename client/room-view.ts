import { isHost, roleOf, speakStateOf, type RoomState, type SpeakState } from '../contract/room.ts'
import type { EndReason } from '../contract/shows.ts'
import type { Snapshot } from '../contract/snapshot.ts'
import type { Role } from '../contract/users.ts'
import { noComments, type CommentsView } from './comments-view.ts'
import { fullVolumes, type Volumes } from './volumes.ts'

/** Why a client is not in the show any more, and does not come back by itself. */
export type CloseReason =
  | { reason: 'left' | 'replaced' | 'signedOut' }
  | { reason: 'removed'; ban: boolean }
  | { reason: 'ended'; endReason: EndReason | null }
  | { reason: 'refused'; code: string; message: string }

/** A show as one person sees it now; a new object whenever something changed. */
export interface RoomView {
  readonly connection: 'connecting' | 'live' | 'reconnecting' | 'closed'
  readonly closed: CloseReason | null
  /** Null until the first snapshot is there. */
  readonly room: RoomState | null
  readonly me: {
    readonly userId: string
    readonly role: Role
    readonly speak: SpeakState
    readonly isHost: boolean
    /** Place in the queue, while waiting. */ readonly position: number | null
  }
  readonly listenerCount: number
  /** Server time minus local time, ms. */
  readonly clockOffsetMs: number
  /** Loudness of who is heard, by user id, dBov. */
  readonly speaking: ReadonlyMap<string, number>
  /** `on`: a microphone is sent; `failed`: it could not be. */
  readonly microphone: 'off' | 'starting' | 'on' | 'failed'
  readonly isSoundLocked: boolean
  /** How loud voices and songs are here. */
  readonly volumes: Volumes
  readonly announcement: { text: string; at: number } | null
  readonly comments: CommentsView
}

/** Before anything is known. */
export function emptyView(userId: string): RoomView {
  return {
    connection: 'connecting',
    closed: null,
    room: null,
    me: { userId, role: 'listener', speak: 'off', isHost: false, position: null },
    listenerCount: 0,
    clockOffsetMs: 0,
    speaking: new Map(),
    microphone: 'off',
    isSoundLocked: false,
    volumes: fullVolumes,
    announcement: null,
    comments: noComments
  }
}

/** The view with this room in it, and the person's own part derived from it. */
export function withRoom(view: RoomView, room: RoomState): RoomView {
  const { userId } = view.me
  const mine = room.queue.find(entry => entry.userId === userId)
  // Who sees only their own request counts the others by `queueLength`, which bounds the place.
  return {
    ...view,
    room,
    me: {
      userId,
      role: roleOf(room, userId),
      speak: speakStateOf(room, userId),
      isHost: isHost(room, userId),
      position: mine ? Math.min(mine.position, room.queueLength) : null
    }
  }
}

/** The view after a fresh snapshot: `nowMs` is when it arrived. */
export function withSnapshot(view: RoomView, snapshot: Snapshot, nowMs: number): RoomView {
  const { me, listenerCount, serverTime, ...room } = snapshot
  return withRoom({ ...view, connection: 'live', listenerCount, clockOffsetMs: serverTime - nowMs }, room)
}
