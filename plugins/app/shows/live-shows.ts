import fp from 'fastify-plugin'
import { CodedError } from '../../../contract/errors.ts'
import type { Member } from '../../../contract/moderation.ts'
import type { Playlist } from '../../../contract/playlist.ts'
import type { ShowSettings } from '../../../contract/settings.ts'
import type { EndReason, ShowStatus } from '../../../contract/shows.ts'

declare module 'fastify' {
  interface FastifyInstance {
    liveShows: LiveShowsDoor
  }
}

/** Who stands behind a command that comes over REST. `operator` may end any show. */
export interface LiveShowActor {
  kind: 'user' | 'operator'
  userId: string
}

/** What REST may ask of a live room; the room's rules decide. */
export type LiveShowCommand =
  | { type: 'show:start' }
  | { type: 'show:end' }
  | { type: 'member:remove'; userId: string; ban: boolean }
  | { type: 'member:unban'; userId: string }
  /** Asked before somebody is told who is in the show; changes nothing. */
  | { type: 'people:list' }

/** How a live show stands; `end` once it is over. */
export interface LiveStanding {
  status: ShowStatus
  listenerCount: number
  end: { reason: EndReason; at: number } | null
}

/** Where somebody is in a live show: its creator or a co-host (there or not), in it, or neither. */
export type LivePlace = 'host' | 'inside' | 'outside'

/** A stored show after an edit; `version` is the document's. */
export interface ShowEdit {
  version: number
  title: string
  description: string
  settings: ShowSettings
}

/** The one door from REST to the live rooms; `realtime/` supplies what is behind it. */
export interface LiveShows {
  /**
   * Carries out a command in the show's room and resolves when it is done and stored.
   * Throws CodedError: FORBIDDEN, SHOW_NOT_LIVE, SHOW_ENDED, CONFLICT, UNAVAILABLE.
   */
  command(showId: string, actor: LiveShowActor, command: LiveShowCommand): Promise<void>
  /** Passes an edit of a stored show to its room. A room that is not live here, or has a newer version, ignores it. */
  showEdited(showId: string, edit: ShowEdit): Promise<void>
  /** Passes a stored playlist to its show's room. A room that is not live here, or has a newer version, ignores it. */
  playlistEdited(showId: string, playlist: Playlist): Promise<void>
  /** Takes somebody whose account goes for good out of every live show; their own ends. Resolves when that is stored. */
  forgetPerson(userId: string): Promise<void>
  /** Tells those in the show, if it is live here, that comments are gone. */
  commentsDeleted(showId: string, commentIds: readonly string[]): void
  /** How a show that is live here stands now, which the store learns a moment later; undefined when it is not live here. */
  standing(showId: string): LiveStanding | undefined
  /** Where a person is in a show that is live here; undefined when it is not. */
  placeOf(showId: string, userId: string): LivePlace | undefined
  /** Whether a show that is live here plays the song, or has it paused. */
  isOnAir(songId: string): Promise<boolean>
  /** Who is in the show now, in no order. Throws FORBIDDEN for who does not host it, SHOW_NOT_LIVE, SHOW_ENDED. */
  members(showId: string, actor: LiveShowActor): Promise<Member[]>
}

/** The port as services see it: empty until the live rooms move in. */
export type LiveShowsDoor = LiveShows & { supply(rooms: LiveShows): void }

function createDoor(): LiveShowsDoor {
  let rooms: LiveShows | undefined
  const behind = () => {
    if (!rooms) throw new CodedError('UNAVAILABLE', 'Live shows are not ready yet; try again.')
    return rooms
  }
  return {
    supply(supplied) {
      rooms = supplied
    },
    command: async (showId, actor, command) => await behind().command(showId, actor, command),
    showEdited: async (showId, edit) => await behind().showEdited(showId, edit),
    playlistEdited: async (showId, playlist) => await behind().playlistEdited(showId, playlist),
    forgetPerson: async userId => await behind().forgetPerson(userId),
    commentsDeleted: (showId, commentIds) => rooms?.commentsDeleted(showId, commentIds),
    standing: showId => rooms?.standing(showId),
    placeOf: (showId, userId) => rooms?.placeOf(showId, userId),
    isOnAir: async songId => await behind().isOnAir(songId),
    members: async (showId, actor) => await behind().members(showId, actor)
  }
}

export default fp(
  async app => {
    app.decorate('liveShows', createDoor())
  },
  { name: 'live-shows' }
)
