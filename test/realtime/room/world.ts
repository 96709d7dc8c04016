import type { PlaylistItem } from '../../../contract/playback.ts'
import type { ShowSettings } from '../../../contract/settings.ts'
import type { SpeakState } from '../../../contract/room.ts'
import type { ServerRoomState } from '../../../realtime/room/server-room-state.ts'
import { creator, everybody, limits, profile, showWith } from './people.ts'

/**
 * The show as the contract tells it, person by person: what the oracle judges by. It shares no code and no shape with the
 * room, and learns of what happens by itself, from the commands (effects.ts).
 */
export interface World {
  status: 'scheduled' | 'live' | 'interrupted' | 'ended'
  /** When an interrupted show ends unless the creator is back. */
  until: number | null
  title: string
  description: string
  settings: ShowSettings
  requestsMade: number
  showVersion: number
  playlistVersion: number
  pieces: readonly PlaylistItem[]
  /** What is on, if anything is, the producer it moved to, and what comes after it should it be taken out of the list. */
  on: {
    piece: PlaylistItem
    running: boolean
    positionMs: number
    at: number
    heardFrom: string | null
    thenId: string | null
  } | null
  readonly people: ReadonlyMap<string, Somebody>
}

export interface Somebody {
  readonly userId: string
  readonly guest: boolean
  /** Name and picture, wherever they are shown. */
  shownAs: string
  /** The session they are connected with. */
  session: string | null
  /** Since when they are gone, while their place is kept. */
  awaySince: number | null
  seat: { state: 'granted' | 'onStage' | 'suspended'; muted: boolean; producerId: string | null } | null
  request: { number: number; askedAt: number; reason: string } | null
  invitedBy: string | null
  cohost: boolean
  banned: boolean
  /** Came in at some time; of the creator nobody needs to know. */
  beenHere: boolean
  commentsMuted: boolean
  /** When their last accepted comment was sent, and the one before it. */
  commentedAt: number | null
  commentedBefore: number | null
}

/** The world before the show. The creator has their place on stage from the beginning. */
export function newWorld(maxSpeakers: number): World {
  const { title, description, settings, playlist } = showWith(maxSpeakers)
  const people = new Map(
    everybody.map((userId): [string, Somebody] => [
      userId,
      {
        userId,
        guest: profile(userId).guest,
        shownAs: looks(profile(userId)),
        session: null,
        awaySince: null,
        seat: userId === creator ? { state: 'granted', muted: false, producerId: null } : null,
        request: null,
        invitedBy: null,
        cohost: false,
        banned: false,
        beenHere: false,
        commentsMuted: false,
        commentedAt: null,
        commentedBefore: null
      }
    ])
  )
  return {
    status: 'scheduled',
    until: null,
    title,
    description,
    settings,
    requestsMade: 0,
    showVersion: showWith(maxSpeakers).version,
    playlistVersion: playlist.version,
    pieces: playlist.items,
    on: null,
    people
  }
}

/** Name and picture in one. */
export function looks({ displayName, avatarUrl }: { displayName: string; avatarUrl: string | null }): string {
  return `${displayName} (${avatarUrl})`
}

export function somebody(world: World, userId: string): Somebody | undefined {
  return world.people.get(userId)
}

/** In the show: connected, or away with their place kept. */
export function isHere({ session, awaySince }: Somebody): boolean {
  return session !== null || awaySince !== null
}

export function queueOf(world: World): Somebody[] {
  return [...world.people.values()]
    .filter(({ request }) => request)
    .sort((a, b) => a.request!.number - b.request!.number)
}

/** Seats are for everybody but the creator. */
export function isFull({ people, settings }: World): boolean {
  const seated = [...people.values()].filter(({ userId, seat }) => seat && userId !== creator)
  return seated.length >= settings.maxSpeakers
}

/** When somebody's grace is over. */
export function graceEnd({ userId, awaySince }: Somebody): number {
  return awaySince === null
    ? Infinity
    : awaySince + (userId === creator ? limits.creatorGraceMs : limits.speakerGraceMs)
}

export function speakOf({ seat, request, invitedBy }: Somebody): SpeakState {
  if (seat) return seat.state
  if (invitedBy !== null) return 'invited'
  return request ? 'requested' : 'off'
}

/** What can be seen of the world, to be compared with `seen` of a room. */
export function worldView(world: World) {
  const { status, until, title, description, settings, showVersion, playlistVersion, pieces, on } = world
  return structuredClone({
    status,
    until,
    title,
    description,
    settings,
    showVersion,
    playlistVersion,
    pieces: pieces.map(({ id }) => id),
    on: on && { id: on.piece.id, running: on.running, positionMs: on.positionMs, at: on.at, heardFrom: on.heardFrom },
    queue: queueOf(world).map(({ userId, request }, index) => ({
      userId,
      requestId: `r${request!.number}`,
      requestedAt: request!.askedAt,
      reason: request!.reason,
      position: index + 1
    })),
    people: Object.fromEntries(
      [...world.people].map(
        ([
          userId,
          { shownAs, session, awaySince, seat, invitedBy, cohost, banned, commentsMuted, commentedAt, commentedBefore }
        ]) => [
          userId,
          {
            shownAs: session !== null || awaySince !== null || seat ? [shownAs] : [],
            session,
            awaySince,
            seat,
            invitedBy,
            cohost,
            banned,
            commentsMuted,
            commentedAt,
            commentedBefore
          }
        ]
      )
    )
  })
}

/** The same of a room. */
export function stateView({ room, showVersion, members, bannedIds, lastComments, playlist }: ServerRoomState) {
  const { status, item, positionMs, at, producerId: heardFrom } = room.playback
  return {
    status: room.status,
    until: room.until,
    title: room.title,
    description: room.description,
    settings: room.settings,
    showVersion,
    playlistVersion: room.playlistVersion,
    pieces: playlist.items.map(({ id }) => id),
    on: item && { id: item.id, running: status === 'playing', positionMs, at, heardFrom },
    queue: room.queue.map(({ userId, requestId, requestedAt, reason, position }) => ({
      userId,
      requestId,
      requestedAt,
      reason,
      position
    })),
    people: Object.fromEntries(
      everybody.map(userId => {
        const { state, muted, producerId } = room.stage.find(member => member.userId === userId) ?? {}
        const shown = [
          members.get(userId) ?? [],
          ...[...room.stage, ...room.queue, ...room.invited].filter(person => person.userId === userId)
        ].flat()
        return [
          userId,
          {
            shownAs: [...new Set(shown.map(looks))],
            session: members.get(userId)?.presenceId ?? null,
            awaySince: members.get(userId)?.awaySinceMs ?? null,
            seat: state ? { state, muted, producerId } : null,
            invitedBy: room.invited.find(invited => invited.userId === userId)?.by ?? null,
            cohost: room.cohostIds.includes(userId),
            banned: bannedIds.has(userId),
            commentsMuted: room.commentMutedIds.includes(userId),
            commentedAt: lastComments.get(userId)?.atMs ?? null,
            commentedBefore: lastComments.get(userId)?.beforeMs ?? null
          }
        ]
      })
    )
  }
}
