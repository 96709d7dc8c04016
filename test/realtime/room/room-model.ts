import type { Jingle } from '../../../contract/jingles.ts'
import type { PlaylistItem } from '../../../contract/playback.ts'
import type { ShowSettings } from '../../../contract/settings.ts'
import type { SpeakState } from '../../../contract/room.ts'
import type { ServerRoomState } from '../../../realtime/room/server-room-state.ts'
import { viewOfPin, type PinModel } from './model-pins.ts'
import { newVoting, viewOfBallots, viewOfVoting, type VotingModel } from './model-voting.ts'
import { creator, everybody, limits, profile, showWith } from './people.ts'
import type { Scenario } from './scenario.ts'

/**
 * A model of the room, written from the contract and kept person by person. It shares no code and no data structure
 * with the room, and follows the commands on its own (model-effects.ts). The tests compare the room with it.
 */
export interface RoomModel {
  status: 'scheduled' | 'live' | 'interrupted' | 'ended'
  /** The owner of the room: the creator, until they hand it over. */
  ownerId: string
  /** Time at which an interrupted show ends unless the owner comes back. */
  until: number | null
  title: string
  coverUrl: string | null
  description: string
  settings: ShowSettings
  /** Number of speak requests made so far. */
  requestCount: number
  showVersion: number
  playlistVersion: number
  items: readonly PlaylistItem[]
  playing: PlayingItem | null
  jingle: Jingle | null
  /** Level of songs for everybody, dB. */
  songLevelDb: number
  /** The recording that is on, with the host who started it. */
  recording: { startedAt: number; by: string | null } | null
  pin: PinModel | null
  readonly voting: VotingModel
  readonly people: ReadonlyMap<string, PersonModel>
}

/** The current item of the player, playing or paused. */
export interface PlayingItem {
  item: PlaylistItem
  isRunning: boolean
  positionMs: number
  /** When the item was at `positionMs`. */
  at: number
  /** The producer the song moved to. */
  producerId: string | null
  /** The item that follows when this one was taken out of the playlist. */
  nextId: string | null
  fade: FadeModel | null
}

/** A fade of the item that plays. `end`: what follows when it is over; null after a fade that was cancelled. */
export interface FadeModel {
  at: number
  durationMs: number
  from: number
  to: number
  end: FadeEnd | null
}

export type FadeEnd = { action: 'pause' | 'next' | 'stop'; itemId?: string; positionMs?: number }

export interface PersonModel {
  readonly userId: string
  readonly isGuest: boolean
  /** Name and picture, wherever they are shown. */
  shownAs: string
  /** The presence the person is connected with. */
  presenceId: string | null
  /** Since when the person is away while their place is kept. */
  awaySince: number | null
  seat: {
    state: 'granted' | 'onStage' | 'suspended'
    muted: boolean
    producerId: string | null
    silent: boolean
  } | null
  request: { number: number; requestedAt: number; reason: string } | null
  invitedBy: string | null
  isCohost: boolean
  isBanned: boolean
  /** Whether the person ever joined the show. */
  hasVisited: boolean
  commentsMuted: boolean
  /** When the person sent their last accepted comment, and the one before it. */
  commentedAt: number | null
  commentedBefore: number | null
  /** The producer of a voice that the recording misses. */
  missedProducerId: string | null
}

/** The model of a show that has not started. The creator is on stage from the beginning. */
export function newRoomModel({ maxSpeakers, record }: Pick<Scenario, 'maxSpeakers' | 'record'>): RoomModel {
  const { title, description, settings, playlist, version } = showWith(maxSpeakers, record)
  const people = new Map(
    everybody.map((userId): [string, PersonModel] => [
      userId,
      {
        userId,
        isGuest: profile(userId).guest,
        shownAs: nameAndPicture(profile(userId)),
        presenceId: null,
        awaySince: null,
        seat: userId === creator ? { state: 'granted', muted: false, producerId: null, silent: false } : null,
        request: null,
        invitedBy: null,
        isCohost: false,
        isBanned: false,
        hasVisited: false,
        commentsMuted: false,
        commentedAt: null,
        commentedBefore: null,
        missedProducerId: null
      }
    ])
  )
  return {
    status: 'scheduled',
    ownerId: creator,
    until: null,
    title,
    description,
    coverUrl: null,
    settings,
    requestCount: 0,
    showVersion: version,
    playlistVersion: playlist.version,
    items: playlist.items,
    playing: null,
    jingle: null,
    songLevelDb: 0,
    recording: null,
    pin: null,
    voting: newVoting(),
    people
  }
}

/** A person's name and picture as one text. */
export function nameAndPicture({ displayName, avatarUrl }: { displayName: string; avatarUrl: string | null }): string {
  return `${displayName} (${avatarUrl})`
}

export function findPerson(model: RoomModel, userId: string): PersonModel | undefined {
  return model.people.get(userId)
}

/** Whether a person is in the show: connected, or away with their place kept. */
export function isInShow({ presenceId, awaySince }: PersonModel): boolean {
  return presenceId !== null || awaySince !== null
}

/** The people who wait to speak, in the order of their requests. */
export function queueOf(model: RoomModel): PersonModel[] {
  return [...model.people.values()]
    .filter(({ request }) => request)
    .sort((a, b) => a.request!.number - b.request!.number)
}

/** Whether all seats are taken. The owner needs none. */
export function isStageFull({ people, settings, ownerId }: RoomModel): boolean {
  const seated = [...people.values()].filter(({ userId, seat }) => seat && userId !== ownerId)
  return seated.length >= settings.maxSpeakers
}

/** When the person's grace period ends. */
export function graceEnd({ ownerId }: RoomModel, { userId, awaySince }: PersonModel): number {
  return awaySince === null
    ? Infinity
    : awaySince + (userId === ownerId ? limits.creatorGraceMs : limits.speakerGraceMs)
}

export function speakStateOf({ seat, request, invitedBy }: PersonModel): SpeakState {
  if (seat) return seat.state
  if (invitedBy !== null) return 'invited'
  return request ? 'requested' : 'off'
}

/** The model in a form that can be compared with `viewOfState`. */
export function viewOfModel(model: RoomModel) {
  const { status, until, title, description, settings, showVersion, playlistVersion, items, playing, recording, pin } =
    model
  return structuredClone({
    status,
    // Nobody runs a show that has ended.
    ownerId: status === 'ended' ? null : model.ownerId,
    until,
    title,
    description,
    coverUrl: model.coverUrl,
    settings,
    showVersion,
    playlistVersion,
    itemIds: items.map(({ id }) => id),
    playing: playing && {
      itemId: playing.item.id,
      isRunning: playing.isRunning,
      positionMs: playing.positionMs,
      at: playing.at,
      producerId: playing.producerId,
      fade: playing.fade && viewOfFade(playing.fade)
    },
    recording,
    songLevelDb: model.songLevelDb,
    jingle: model.jingle,
    pin,
    voting: viewOfVoting(model.voting),
    queue: queueOf(model).map(({ userId, request }, index) => ({
      userId,
      requestId: `r${request!.number}`,
      requestedAt: request!.requestedAt,
      reason: request!.reason,
      position: index + 1
    })),
    people: Object.fromEntries([...model.people].map(([userId, person]) => [userId, viewOfPerson(person)]))
  })
}

function viewOfPerson(person: PersonModel) {
  const { userId, isGuest, shownAs, request, hasVisited, missedProducerId, ...visible } = person
  const isUnrecorded = missedProducerId !== null && person.seat?.producerId === missedProducerId
  return { ...visible, isUnrecorded, shownAs: isInShow(person) || person.seat ? [shownAs] : [] }
}

/** Gains may differ by the rounding of the processor. */
function viewOfFade({ at, durationMs, from, to, end }: FadeModel) {
  return { at, durationMs, from: from.toFixed(9), to: to.toFixed(9), end }
}

/** The state of a room in a form that can be compared with `viewOfModel`. */
export function viewOfState(state: ServerRoomState) {
  const { room, showVersion, members, bannedIds, lastComments, playlist } = state
  const { status, item, positionMs, at, producerId, fade } = room.playback
  return {
    status: room.status,
    ownerId: room.status === 'ended' ? null : (room.ownerId ?? room.creatorId),
    until: room.until,
    title: room.title,
    description: room.description,
    coverUrl: room.coverUrl ?? null,
    settings: room.settings,
    showVersion,
    playlistVersion: room.playlistVersion,
    itemIds: playlist.items.map(({ id }) => id),
    playing: item && {
      itemId: item.id,
      isRunning: status === 'playing',
      positionMs,
      at,
      producerId,
      fade: fade
        ? viewOfFade({
            ...fade,
            end: fade.then
              ? {
                  action: fade.then,
                  ...(fade.itemId !== undefined && { itemId: fade.itemId }),
                  ...(fade.positionMs !== undefined && { positionMs: fade.positionMs })
                }
              : null
          })
        : null
    },
    recording: room.recording ?? null,
    songLevelDb: room.songLevelDb ?? 0,
    jingle: room.jingle ?? null,
    pin: viewOfPin(room.pin),
    voting: viewOfBallots(state),
    queue: room.queue.map(({ userId, requestId, requestedAt, reason, position }) => ({
      userId,
      requestId,
      requestedAt,
      reason,
      position
    })),
    people: Object.fromEntries(
      everybody.map(userId => {
        const speaker = room.stage.find(member => member.userId === userId)
        const shown = [
          members.get(userId) ?? [],
          ...[...room.stage, ...room.queue, ...room.invited].filter(person => person.userId === userId)
        ].flat()
        return [
          userId,
          {
            shownAs: [...new Set(shown.map(nameAndPicture))],
            presenceId: members.get(userId)?.presenceId ?? null,
            awaySince: members.get(userId)?.awaySinceMs ?? null,
            seat: speaker
              ? {
                  state: speaker.state,
                  muted: speaker.muted,
                  producerId: speaker.producerId,
                  silent: speaker.silent === true
                }
              : null,
            invitedBy: room.invited.find(invited => invited.userId === userId)?.by ?? null,
            isCohost: room.cohostIds.includes(userId),
            isBanned: bannedIds.has(userId),
            commentsMuted: room.commentMutedIds.includes(userId),
            commentedAt: lastComments.get(userId)?.atMs ?? null,
            commentedBefore: lastComments.get(userId)?.beforeMs ?? null,
            isUnrecorded: room.unrecordedIds?.includes(userId) ?? false
          }
        ]
      })
    )
  }
}
