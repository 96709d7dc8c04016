import { stoppedPlayback } from '../../contract/playback.ts'
import type { Playlist } from '../../contract/playlist.ts'
import type { RoomState } from '../../contract/room.ts'
import type { QueueEvent, RoomEvent } from '../../contract/room-events.ts'
import type { ShowSettings } from '../../contract/settings.ts'
import type { Person } from '../../contract/users.ts'
import { emptyHouse, evolveHouse, stamp, type House, type HouseLimits } from './server-room-state.ts'

/** What a room needs to know of its show. */
export interface ShowFacts {
  id: string
  creator: Person
  title: string
  description: string
  settings: ShowSettings
  playlist: Playlist
}

/** A room before its first event: the creator already has their place on stage. */
export function openingState(show: ShowFacts, nowMs: number): RoomState {
  const { id: userId, displayName, avatarUrl } = show.creator
  return {
    showId: show.id,
    version: 0,
    queueVersion: 0,
    status: 'scheduled',
    until: null,
    creatorId: userId,
    cohostIds: [],
    title: show.title,
    description: show.description,
    stage: [{ userId, displayName, avatarUrl, state: 'granted', muted: false, producerId: null }],
    queue: [],
    queueLength: 0,
    invited: [],
    commentMutedIds: [],
    playback: stoppedPlayback(nowMs),
    settings: show.settings,
    playlistVersion: show.playlist.version
  }
}

/** An event as it is stored: its place in the room's history, and when it happened. */
export interface RoomRecord {
  seq: number
  at: number
  event: RoomEvent | QueueEvent
}

/** The house after its stored events: what `restored` goes on from. */
export async function replay(
  show: ShowFacts,
  records: AsyncIterable<RoomRecord>,
  limits: HouseLimits,
  nowMs: number
): Promise<{ house: House; seq: number }> {
  let house = emptyHouse(openingState(show, nowMs), limits, show.playlist.items)
  let seq = 0
  for await (const record of records) {
    house = evolveHouse(house, stamp(house.room, record.event, record.at))
    seq = record.seq
  }
  return { house, seq }
}
