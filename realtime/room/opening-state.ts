import type { BackstageGuest } from '../../contract/backstage.ts'
import { stoppedPlayback } from '../../contract/playback.ts'
import type { Playlist } from '../../contract/playlist.ts'
import type { RoomState } from '../../contract/room.ts'
import type { ShowSettings } from '../../contract/settings.ts'
import type { Person } from '../../contract/users.ts'

/** Fields of a stored show that its room uses. `version` is that of the document. */
export interface ShowFacts {
  id: string
  creator: Person
  title: string
  description: string
  tags?: readonly string[]
  coverUrl?: string
  settings: ShowSettings
  version: number
  playlist: Playlist
  /** The people whom the creator has invited backstage, and the version of this list. */
  backstage?: { version: number; guests: readonly BackstageGuest[] }
}

/** The state of a room before its first event: the creator already has their place on stage. */
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
    ...(show.tags && { tags: show.tags }),
    ...(show.coverUrl !== undefined && { coverUrl: show.coverUrl }),
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
