import type { Static } from 'typebox'
import { withOrWithout } from './id-list.ts'
import type { Jingle } from './jingles.ts'
import { evolvePin } from './evolve-pin.ts'
import { evolveQueue, ignoreUnknown } from './evolve-queue.ts'
import { evolveVoting } from './evolve-voting.ts'
import type { Pin } from './pins.ts'
import type { Playback } from './playback.ts'
import type { Poll } from './polls.ts'
import type { ActiveRecording } from './recordings.ts'
import type { StampedEvent, StampedRoomEvent } from './room-events.ts'
import type { ShowSettings } from './settings.ts'
import type { ShowStatus } from './shows.ts'
import type { SongRequest } from './song-requests.ts'
import type { QueueEntry, Snapshot, StageMember, Invited } from './snapshot.ts'
import { withoutAsking } from './speak-queue.ts'
import { editMember, leaveStage, ownerOf, takeSeat, type StagePerson } from './stage.ts'
import { forgetUnrecorded } from './unrecorded.ts'
import type { Role } from './users.ts'

export type SpeakState = Static<typeof Snapshot>['me']['speak']

/**
 * The shared state of a live show. The server and hosts have all of it; `queue`, `invited`, `commentMutedIds` and
 * `unrecordedIds` of a listener hold only their own entries. Times are ms since the epoch.
 */
export interface RoomState {
  readonly showId: string
  readonly version: number
  readonly queueVersion: number
  readonly status: ShowStatus
  /** While interrupted: the end of the owner's grace period. */
  readonly until: number | null
  readonly creatorId: string
  /** The co-host to whom the show was handed over; absent while the creator runs the room. */
  readonly ownerId?: string
  readonly cohostIds: readonly string[]
  readonly title: string
  readonly description: string
  /** Missing in rooms that an earlier build opened. */
  readonly tags?: readonly string[]
  /** Path of the picture of the show; absent without one. */
  readonly coverUrl?: string
  readonly stage: readonly StageMember[]
  readonly queue: readonly QueueEntry[]
  readonly queueLength: number
  readonly invited: readonly Invited[]
  /** People whose comments are refused. */
  readonly commentMutedIds: readonly string[]
  readonly playback: Playback
  /** Level of songs for everybody, dB; absent until a host sets it, which means 0. */
  readonly songLevelDb?: number
  /** The jingle that a host started last; absent from some seconds after its end on. */
  readonly jingle?: Jingle
  readonly settings: ShowSettings
  readonly playlistVersion: number
  /** The recording that is on; absent while the show is not recorded. */
  readonly recording?: ActiveRecording
  /** The speakers whose voices are not being recorded now, although the show is. */
  readonly unrecordedIds?: readonly string[]
  /** The comment or the link that is pinned; absent while nothing is. */
  readonly pin?: Pin
  /** The open poll, or the result of the last one; absent without one. */
  readonly poll?: Poll
  /** The requested songs, those with more votes first; absent before the first request. */
  readonly songRequests?: readonly SongRequest[]
}

/** Whether the person is a host: the creator or a co-host. An owner who is not the creator stays a co-host. */
export function isHost(state: RoomState, userId: string): boolean {
  return userId === state.creatorId || state.cohostIds.includes(userId)
}

/**
 * Whether all voices are silent, because a Spotify track plays that must not be mixed, and the creator chose silence.
 */
export function isQuiet({ playback, settings }: Pick<RoomState, 'playback' | 'settings'>): boolean {
  return settings.quietForSpotify && playback.status === 'playing' && playback.item?.kind === 'spotify'
}

/** Returns the time that a person must wait between two comments, ms. Hosts never wait. */
export function slowModeMsOf(state: RoomState, userId: string): number {
  if (isHost(state, userId)) return 0
  const { slowModeMs, slowModeSpeakersMs = slowModeMs } = state.settings
  return findStageMember(state, userId) ? slowModeSpeakersMs : slowModeMs
}

/** Returns the person's place on stage; undefined when they do not have the floor. */
export function findStageMember(state: RoomState, userId: string): StageMember | undefined {
  return state.stage.find(member => member.userId === userId)
}

/** Number of taken seats: everybody on stage except the owner. */
export function seatsTaken(state: RoomState): number {
  const ownerId = ownerOf(state)
  return state.stage.filter(member => member.userId !== ownerId).length
}

/**
 * Returns the role of a person in the room. Whoever runs the room has the role of the creator; a creator who has handed
 * the show over has that of a co-host.
 */
export function roleOf(state: RoomState, userId: string): Role {
  if (userId === ownerOf(state)) return 'creator'
  if (isHost(state, userId)) return 'cohost'
  return findStageMember(state, userId) ? 'speaker' : 'listener'
}

/** Returns whether a person has asked to speak, is invited, or has the floor. */
export function speakStateOf(state: RoomState, userId: string): SpeakState {
  const onStage = findStageMember(state, userId)
  if (onStage) return onStage.state
  if (state.invited.some(invited => invited.userId === userId)) return 'invited'
  return state.queue.some(entry => entry.userId === userId) ? 'requested' : 'off'
}

/**
 * Returns the room after an event: the reducer that server, replicas and clients share. It trusts the event, since
 * rules live in `decide`, and never fails. The caller checks for stale and missed versions.
 */
export function evolve(state: RoomState, stamped: StampedEvent): RoomState {
  return 'version' in stamped
    ? { ...forgetUnrecorded(state, evolveStage(state, stamped)), version: stamped.version }
    : { ...evolveQueue(state, stamped.event), queueVersion: stamped.queueVersion }
}

function evolveStage(state: RoomState, { event, at }: Pick<StampedRoomEvent, 'event' | 'at'>): RoomState {
  switch (event.type) {
    case 'show:started':
      return { ...state, status: 'live', queueVersion: 0 }
    case 'show:resumed':
      return resumeShow(state)
    case 'show:interrupted':
      return { ...state, status: 'interrupted', until: event.until }
    case 'show:ended':
      return {
        ...withoutRecording(withJingle(state, null)),
        status: 'ended',
        until: null,
        stage: [],
        queue: [],
        queueLength: 0,
        invited: []
      }
    case 'show:changed':
      return {
        ...(event.coverUrl === undefined ? state : withCover(state, event.coverUrl)),
        title: event.title,
        description: event.description,
        ...(event.tags && { tags: event.tags })
      }
    case 'settings:changed':
      return { ...state, settings: event.settings }
    case 'playlist:changed':
      return { ...state, playlistVersion: event.playlistVersion }
    case 'playback:changed':
      return { ...state, playback: event.playback }
    case 'songLevel:changed':
      return { ...state, songLevelDb: event.levelDb }
    case 'jingle:changed':
      return withJingle(state, event.jingle)
    case 'floor:granted':
      return grantFloor(state, event)
    case 'stage:joined':
      return editMember(state, event.userId, {
        state: 'onStage',
        producerId: event.producerId,
        muted: event.muted,
        silent: event.silent === true
      })
    case 'stage:heard':
      return editMember(state, event.userId, { silent: false })
    case 'stage:suspended':
      return editMember(state, event.userId, { state: 'suspended', producerId: null })
    case 'stage:renamed':
      return editMember(state, event.userId, { displayName: event.displayName, avatarUrl: event.avatarUrl })
    case 'stage:left':
    case 'floor:revoked':
      return leaveStage(state, event.userId)
    case 'mute:changed':
      return editMember(state, event.userId, { muted: event.muted })
    case 'show:handedOver':
      return handOver(state, event)
    case 'cohost:changed':
      return setCohost(state, event.userId, event.cohost)
    case 'member:removed':
      return setCohost(withoutAsking(state, event.userId), event.userId, false)
    case 'recording:started':
      return { ...state, recording: { startedAt: at, by: event.by } }
    case 'recording:stopped':
      return withoutRecording(state)
    case 'comment:pinned':
    case 'link:pinned':
    case 'pin:removed':
      return evolvePin(state, event, at)
    case 'poll:opened':
    case 'poll:counted':
    case 'poll:closed':
    case 'poll:dismissed':
    case 'song:requested':
    case 'songs:counted':
    case 'song:settled':
      return evolveVoting(state, event, at)
    default:
      return ignoreUnknown(state, event)
  }
}

function withCover({ coverUrl: _before, ...others }: RoomState, coverUrl: string | null): RoomState {
  return coverUrl === null ? others : { ...others, coverUrl }
}

function withJingle({ jingle: _before, ...others }: RoomState, jingle: Jingle | null): RoomState {
  return jingle ? { ...others, jingle } : others
}

function withoutRecording({ recording, ...others }: RoomState): RoomState {
  return others
}

/** A person who is on stage already keeps the place. One whose connection was lost can produce again. */
function grantFloor(state: RoomState, person: StagePerson): RoomState {
  const seat = findStageMember(state, person.userId)
  if (!seat) return takeSeat(state, person)
  return seat.state === 'suspended' ? editMember(state, person.userId, { state: 'granted' }) : state
}

/** The owner is back on stage and can produce again. */
function resumeShow(state: RoomState): RoomState {
  const live: RoomState = { ...state, status: 'live', until: null }
  const owner = findStageMember(live, ownerOf(live))
  return owner?.state === 'suspended' ? editMember(live, owner.userId, { state: 'granted' }) : live
}

/** The new owner keeps the place on stage that they have, or gets one. So does the owner before. */
function handOver({ ownerId, ...state }: RoomState, person: StagePerson): RoomState {
  const { userId } = person
  const owned: RoomState = userId === state.creatorId ? state : { ...state, ownerId: userId }
  return findStageMember(owned, userId) ? owned : takeSeat(owned, person)
}

function setCohost(state: RoomState, userId: string, cohost: boolean): RoomState {
  if (state.cohostIds.includes(userId) === cohost) return state
  return { ...state, cohostIds: withOrWithout(state.cohostIds, userId, cohost) }
}
