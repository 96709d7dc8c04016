import type { Playlist } from '../../contract/playlist.ts'
import type { EndReason, ShowStatus } from '../../contract/shows.ts'
import type { EventLog } from '../../plugins/app/shows/event-log.ts'
import type { AudienceCounts } from '../../plugins/app/shows/audience-counts.ts'
import type { ShowFacts } from '../room/opening-state.ts'

/** A show as it is stored; its playlist is stored apart. */
export type StoredShow = Omit<ShowFacts, 'playlist'> & { status: ShowStatus }

/** What rooms read and write of stored shows. Every write may be repeated. */
export interface ShowRecords {
  findRecord(showId: string): Promise<StoredShow | null>
  /** Shows that were live or interrupted when the server went down. */
  listLive(): Promise<StoredShow[]>
  markStatus(showId: string, status: 'live' | 'interrupted'): Promise<void>
  markEnded(showId: string, reason: EndReason, at: number): Promise<void>
  recordAudience(showId: string, counts: AudienceCounts): Promise<void>
  /** Everybody who has ever listened. */
  visitorIds(showId: string): Promise<Iterable<string>>
}

/** What rooms read of stored comments. */
export interface CommentRecords {
  /** Authors of a show's comments since `sinceMs`, ms since the epoch, and when they wrote, oldest first. */
  writtenSince(showId: string, sinceMs: number): AsyncIterable<{ authorId: string; atMs: number }>
}

/** What rooms read of stored events, beside the log they write. */
export interface EventRecords {
  /** How the log says that a show ended; undefined when it has not. */
  findEnd(showId: string): Promise<{ reason: EndReason; at: number } | undefined>
}

/** Everything a room reads from the store when it opens, and writes while it is open. */
export interface RoomStore {
  shows: ShowRecords
  playlists: { getStored(showId: string): Promise<Playlist> }
  comments: CommentRecords
  events: EventRecords
  log: Pick<EventLog, 'openWriter' | 'read' | 'findSnapshot' | 'removeSnapshot'>
}
