import { Map as ImmutableMap, Set as ImmutableSet } from 'immutable'
import type { BackstageGuest } from '../../contract/backstage.ts'
import type { PlaylistItem } from '../../contract/playback.ts'
import type { RoomState } from '../../contract/room.ts'
import { ownerOf } from '../../contract/stage.ts'
import { noBallots, type Ballots } from './votes.ts'

/** A person in the show, or away with their grace period running (`presenceId` null, `awaySinceMs` set). */
export interface Member {
  readonly userId: string
  readonly displayName: string
  readonly avatarUrl: string | null
  readonly guest: boolean
  readonly presenceId: string | null
  readonly awaySinceMs: number | null
}

/** When a person's last comment was accepted, and the one before it; ms since the epoch. */
export interface LastComment {
  readonly atMs: number
  readonly beforeMs: number | null
}

/** The people who may come backstage beside the creator. */
export interface Backstage {
  readonly version: number
  readonly guests: readonly BackstageGuest[]
}

/** Limits that the rules check; times in ms. */
export interface RoomLimits {
  /** Of the owner of the room, who is the creator unless the show was handed over. */
  readonly creatorGraceMs: number
  readonly speakerGraceMs: number
  readonly queueSize: number
}

/**
 * The server's full state of one live show: the part everybody shares, and the part only the server knows. It is
 * immutable. The large collections share structure between states, so that a join does not copy ten thousand members.
 */
export interface ServerRoomState {
  readonly room: RoomState
  readonly limits: RoomLimits
  /** Version of the stored show that `room` follows; 0 when none was seen yet. */
  readonly showVersion: number
  /** The people whom the creator has invited backstage. `version` counts their changes in the stored show. */
  readonly backstage: Backstage
  /** Requests ever made. Request n has the id `r<n>`, which tells an answered one from one that never existed. */
  readonly requestCount: number
  readonly bannedIds: ImmutableSet<string>
  /** `nextId`: the item that follows the current item when that one was removed from the list. */
  readonly playlist: { readonly items: readonly PlaylistItem[]; readonly nextId: string | null }
  /** By user id. */
  readonly members: ImmutableMap<string, Member>
  /** Members who are connected, without the creator. */
  readonly listenerCount: number
  /** Everybody who was ever in the show, without the creator. Stored on its own, since the show counts them. */
  readonly visitorIds: ImmutableSet<string>
  /** By user id, also of people who left. */
  readonly lastComments: ImmutableMap<string, LastComment>
  /** The votes in the poll and for requested songs. Stored on their own, as nobody else may know them. */
  readonly ballots: Ballots
}

export const nobodyInvited: Backstage = { version: 0, guests: [] }

/** The state of a room without members. */
export function createServerRoomState(
  room: RoomState,
  limits: RoomLimits,
  items: readonly PlaylistItem[] = []
): ServerRoomState {
  return {
    room,
    limits,
    showVersion: 0,
    backstage: nobodyInvited,
    requestCount: 0,
    bannedIds: ImmutableSet(),
    playlist: { items, nextId: null },
    members: ImmutableMap(),
    listenerCount: 0,
    visitorIds: ImmutableSet(),
    lastComments: ImmutableMap(),
    ballots: noBallots
  }
}

/** Whether the show is on air, with or without its owner. */
export function isOnAir({ room: { status } }: ServerRoomState): boolean {
  return status === 'live' || status === 'interrupted'
}

/** Whether people meet backstage, before the show starts. */
export function isBackstage({ room, members }: ServerRoomState): boolean {
  return room.status === 'scheduled' && !members.isEmpty()
}

/** Whether a comment of a person that waited may be published: the show is on air, and nobody silenced the person. */
export function mayBePublished(state: ServerRoomState, userId: string): boolean {
  return isOnAir(state) && !state.bannedIds.has(userId) && !state.room.commentMutedIds.includes(userId)
}

/** The id of the n-th speak request. */
export function requestId(n: number): string {
  return `r${n}`
}

/** The number of a speak request by its id; null when no request can have this id. */
export function requestNumber(id: string): number | null {
  return /^r[1-9]\d{0,14}$/.test(id) ? Number(id.slice(1)) : null
}

/** The presence through which a person is connected now; null when they are not. */
export function presenceOf(state: ServerRoomState, userId: string): string | null {
  return state.members.get(userId)?.presenceId ?? null
}

/** When the grace period of a member who is away ends, ms since the epoch; null for a member who is connected. */
export function graceEndsAt({ room, limits }: ServerRoomState, { userId, awaySinceMs }: Member): number | null {
  if (awaySinceMs === null) return null
  return awaySinceMs + (userId === ownerOf(room) ? limits.creatorGraceMs : limits.speakerGraceMs)
}
