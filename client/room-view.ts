import { isHost, roleOf, speakStateOf, type RoomState, type SpeakState } from '../contract/room.ts'
import type { RecordingEnd } from '../contract/recordings.ts'
import type { StampedEvent } from '../contract/room-events.ts'
import type { ServerPayload } from '../contract/server-events.ts'
import type { EndReason } from '../contract/shows.ts'
import type { Snapshot } from '../contract/snapshot.ts'
import type { Role } from '../contract/users.ts'
import { noComments, type CommentsView } from './comments-view.ts'
import type { Decision } from './decisions.ts'
import type { MicrophoneFault } from './track-watch.ts'
import type { SoundOutput } from './sound.ts'
import { fullVolumes, type Volumes } from './volumes.ts'

/** The reason why a room is closed. The client does not join it again by itself. */
export type CloseReason =
  | { reason: 'left' | 'replaced' | 'signedOut' }
  | { reason: 'removed'; ban: boolean }
  | { reason: 'ended'; endReason: EndReason | null }
  | { reason: 'refused'; code: string; message: string }

/** A live show as one user sees it. A new object after each change. */
export interface RoomView {
  readonly connection: 'connecting' | 'live' | 'reconnecting' | 'closed'
  readonly closed: CloseReason | null
  /** Null until the first snapshot arrives. */
  readonly room: RoomState | null
  readonly me: {
    readonly userId: string
    readonly role: Role
    readonly speak: SpeakState
    readonly isHost: boolean
    /** Position in the request queue. Null without a request. */
    readonly position: number | null
  }
  readonly listenerCount: number
  /** Server time minus local time, ms. */
  readonly clockOffsetMs: number
  /** Loudness of those who speak, by user id, dBov. `ShowRoom.levelOf` measures one of them now. */
  readonly speaking: ReadonlyMap<string, number>
  /** `on`: the microphone is sent. `failed`: it cannot be sent. */
  readonly microphone: 'off' | 'starting' | 'on' | 'failed'
  /** The reason why the microphone picks up nothing although it is published. Null while it does. */
  readonly microphoneFault: MicrophoneFault | null
  /** Whether this platform can send and receive the audio of shows. False: it plays nothing, and does not try again. */
  readonly isMediaSupported: boolean
  /** Whether sound waits for a tap, see `ShowRoom.unlockSound`. */
  readonly isSoundLocked: boolean
  /** Whether `ShowRoom.pauseSound` has stopped the sound. */
  readonly isSoundPaused: boolean
  /** Playback volumes of this client. */
  readonly volumes: Volumes
  /** The last decision of a host about the user. Null before the first. */
  readonly decision: Decision | null
  readonly announcement: { text: string; at: number } | null
  /** The reason why the recording stopped. Null while it is on, and when it stopped before the user came. */
  readonly recordingEnd: RecordingEnd | null
  readonly comments: CommentsView
  /** For hosts: how many comments wait for them, see `audienceOf(room).heldComments`. Null before the first change. */
  readonly heldCount: number | null
}

/** Returns the view before the first snapshot. */
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
    microphoneFault: null,
    isMediaSupported: true,
    isSoundLocked: false,
    isSoundPaused: false,
    volumes: fullVolumes,
    decision: null,
    announcement: null,
    recordingEnd: null,
    comments: noComments,
    heldCount: null
  }
}

/** Returns the part of a view that shows the sound. */
export function soundView({ isLocked, isPaused = false, volumes }: SoundOutput): Partial<RoomView> {
  return { isSoundLocked: isLocked, isSoundPaused: isPaused, volumes }
}

/** Returns the change of a view by an announcement of the creator. Those with an id are of the operators. */
export function announcementOf({ id, text, at }: ServerPayload<'announcement'>): Partial<RoomView> {
  return id === undefined ? { announcement: { text, at } } : {}
}

/** Returns the change of a view by an event that starts or stops the recording. */
export function recordingEndOf(event: StampedEvent['event']): Partial<RoomView> {
  if (event.type === 'recording:started') return { recordingEnd: null }
  return event.type === 'recording:stopped' ? { recordingEnd: event.reason } : {}
}

/** Returns the view with a changed room, and `me` derived from it. */
export function withRoom(view: RoomView, room: RoomState): RoomView {
  const { userId } = view.me
  const ownRequest = room.queue.find(entry => entry.userId === userId)
  // Listeners see only their own request, so `queueLength` bounds its position.
  return {
    ...view,
    room,
    me: {
      userId,
      role: roleOf(room, userId),
      speak: speakStateOf(room, userId),
      isHost: isHost(room, userId),
      position: ownRequest ? Math.min(ownRequest.position, room.queueLength) : null
    }
  }
}

/** Returns the view after a snapshot that arrived at `nowMs`. */
export function withSnapshot(view: RoomView, snapshot: Snapshot, nowMs: number): RoomView {
  const { me, listenerCount, serverTime, ...room } = snapshot
  const recordingEnd = room.recording ? null : view.recordingEnd
  return withRoom({ ...view, connection: 'live', listenerCount, clockOffsetMs: serverTime - nowMs, recordingEnd }, room)
}
