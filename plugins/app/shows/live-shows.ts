import type { BackstageGuest } from '../../../contract/backstage.ts'
import { CodedError } from '../../../contract/errors.ts'
import type { Member } from '../../../contract/moderation.ts'
import type { Playlist } from '../../../contract/playlist.ts'
import type { ShowSettings } from '../../../contract/settings.ts'
import type { EndReason, ShowStatus } from '../../../contract/shows.ts'

/** The actor of a command over REST. An `operator` may end any show. */
export interface LiveShowActor {
  kind: 'user' | 'operator'
  userId: string
}

/** Whether the members are listed for a host, or for somebody in the show. */
export type PeopleCheck = 'people:list' | 'people:see'

/** Commands that REST sends to a live room. The rules of the room decide about them. */
export type LiveShowCommand =
  | { type: 'show:start' }
  | { type: 'show:end' }
  | { type: 'member:remove'; userId: string; ban: boolean }
  | { type: 'member:unban'; userId: string }
  /** Checks that the actor may list the members, as a host or as one of them; changes nothing. */
  | { type: PeopleCheck }

/** Current state of a live show; `end` once it has ended. */
export interface LiveStatus {
  status: ShowStatus
  listenerCount: number
  end: { reason: EndReason; at: number } | null
}

/** Place of a person in a live show: creator or co-host (present or not), another member, or none of them. */
export type LivePlace = 'host' | 'inside' | 'outside'

/** A stored show after an edit. `version` is that of the document. */
export interface ShowEdit {
  version: number
  title: string
  description: string
  /** Missing in an edit that a node of an earlier build forwards. */
  tags?: readonly string[]
  /** Null: none. Missing in an edit that a node of an earlier build forwards. */
  coverUrl?: string | null
  settings: ShowSettings
}

/** The people whom the creator of a planned show has invited backstage. `version` counts the changes of this list. */
export interface BackstageList {
  version: number
  guests: readonly BackstageGuest[]
}

/** The only way from REST to live rooms. `realtime/` implements it. */
export interface LiveShows {
  /**
   * Carries out a command in a show's room, wherever its home is. Resolves when it is done and stored. Throws
   * CodedError: FORBIDDEN, SHOW_NOT_LIVE and SHOW_ENDED (both only when its home says so), CONFLICT, UNAVAILABLE (also
   * when the home does not answer).
   */
  command(showId: string, actor: LiveShowActor, command: LiveShowCommand): Promise<void>
  /** Passes an edit of a stored show to its room. A room that is not live here, or has a newer version, ignores it. */
  showEdited(showId: string, edit: ShowEdit): Promise<void>
  /** Passes the invited people of a planned show to its room, which removes others. Without a room it does nothing. */
  backstageEdited(showId: string, backstage: BackstageList): Promise<void>
  /** Asks everybody to leave who is backstage in a show that is about to be deleted. */
  showDeleted(showId: string): Promise<void>
  /** Passes a stored playlist to its show's room. A room that is not live here, or has a newer version, ignores it. */
  playlistEdited(showId: string, playlist: Playlist): Promise<void>
  /** Takes a deleted song out of the song requests of a show. A show that is not live ignores it. */
  songRemoved(showId: string, songId: string): Promise<void>
  /** Removes a person who is being erased from all live shows; their own show ends. Resolves when that is stored. */
  forgetPerson(userId: string): Promise<void>
  /** Tells the members of a show that is live here that comments were deleted. */
  commentsDeleted(showId: string, commentIds: readonly string[]): void
  /**
   * Returns the state of a show that is live here, which the store learns a moment later; undefined for other shows.
   */
  findStatus(showId: string): LiveStatus | undefined
  /**
   * Returns the place of a person in a live show, wherever its home is; undefined for other shows. Throws UNAVAILABLE
   * when the home does not answer.
   */
  findPlace(showId: string, userId: string): Promise<LivePlace | undefined>
  /** Returns the id of a creator's show that is live here, without the store. */
  findShowOf(creatorId: string): string | undefined
  /**
   * Whether another node is the home of a show, or is about to be. Throws UNAVAILABLE when nobody can say.
   */
  isElsewhere(showId: string): Promise<boolean>
  /**
   * Returns the members of a show in no order, for a host unless the check says otherwise. Throws FORBIDDEN (not a
   * host), NOT_IN_SHOW (not in the show), SHOW_NOT_LIVE, SHOW_ENDED.
   */
  members(showId: string, actor: LiveShowActor, check?: PeopleCheck): Promise<Member[]>
}

/** The port to live rooms. Until rooms are bound, commands throw UNAVAILABLE and no show is live. */
export type LiveShowsPort = LiveShows & { bind(rooms: LiveShows): void }

export function createLiveShowsPort(): LiveShowsPort {
  let rooms: LiveShows | undefined

  function getRooms(): LiveShows {
    if (!rooms) throw new CodedError('UNAVAILABLE', 'Live shows are not ready yet. Try again in a moment.')
    return rooms
  }

  return {
    bind(bound) {
      rooms = bound
    },
    command: async (showId, actor, command) => await getRooms().command(showId, actor, command),
    showEdited: async (showId, edit) => await getRooms().showEdited(showId, edit),
    backstageEdited: async (showId, backstage) => await getRooms().backstageEdited(showId, backstage),
    showDeleted: async showId => await getRooms().showDeleted(showId),
    playlistEdited: async (showId, playlist) => await getRooms().playlistEdited(showId, playlist),
    songRemoved: async (showId, songId) => await getRooms().songRemoved(showId, songId),
    forgetPerson: async userId => await getRooms().forgetPerson(userId),
    commentsDeleted: (showId, commentIds) => rooms?.commentsDeleted(showId, commentIds),
    findStatus: showId => rooms?.findStatus(showId),
    findPlace: async (showId, userId) => await rooms?.findPlace(showId, userId),
    findShowOf: creatorId => rooms?.findShowOf(creatorId),
    isElsewhere: async showId => await getRooms().isElsewhere(showId),
    members: async (showId, actor, check) => await getRooms().members(showId, actor, check)
  }
}
