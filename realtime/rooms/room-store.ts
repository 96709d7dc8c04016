import type { LiveComment } from '../../contract/comments.ts'
import type { Playlist } from '../../contract/playlist.ts'
import type { EndReason, ShowStatus } from '../../contract/shows.ts'
import type { EventLog } from '../../plugins/app/shows/event-log.ts'
import type { PseudonymOf } from '../../plugins/app/privacy/pseudonyms.ts'
import type { AudienceLog } from '../../plugins/app/shows/audience-log.ts'
import type { AudienceCounts } from '../../plugins/app/shows/audience-counts.ts'
import type { ShowFacts } from '../room/opening-state.ts'
import type { Vote } from '../room/votes.ts'

/** A show as it is stored; its playlist is stored apart. */
export type StoredShow = Omit<ShowFacts, 'playlist'> & { status: ShowStatus }

/**
 * Stored shows as rooms read and write them. Every write may be repeated. `token` is that of the home that writes; it
 * overwrites nothing of a later home.
 */
export interface ShowRecords {
  findRecord(showId: string): Promise<StoredShow | undefined>
  /** Ids of the shows that were live or interrupted when the server went down. */
  listLiveIds(): Promise<string[]>
  markStatus(showId: string, status: 'live' | 'interrupted', token: number): Promise<void>
  markEnded(showId: string, reason: EndReason, at: number, token: number): Promise<void>
  recordAudience(showId: string, counts: AudienceCounts, token: number): Promise<void>
  /**
   * Stores the songs of a live show that may be heard, in place of those stored before. Returns false when a later home
   * has written, or the show is not live.
   */
  markSongsOnAir(showId: string, songIds: string[], token: number): Promise<boolean>
  /** Everybody who has ever listened. */
  visitorIds(showId: string): Promise<Iterable<string>>
}

/** Stored comments as rooms read them. */
export interface CommentRecords {
  /** Authors of a show's comments since `sinceMs`, ms since the epoch, and when they wrote, oldest first. */
  writtenSince(showId: string, sinceMs: number): AsyncIterable<{ authorId: string; atMs: number }>
  /** The newest comments of a show since `sinceMs`, ms since the epoch, oldest first: at most 200. */
  recent(showId: string, sinceMs: number): Promise<LiveComment[]>
}

/** Stored events as rooms read them, besides the log they write. */
export interface EventRecords {
  /** Returns the end of a show according to its log; undefined when it has not ended. */
  findEnd(showId: string): Promise<{ reason: EndReason; at: number } | undefined>
}

/** Stored votes as rooms read and write them. Every write may be repeated. */
export interface VoteRecords {
  /** Stores votes, each in place of the earlier one of its person in its ballot. */
  store(showId: string, votes: readonly Vote[]): Promise<void>
  removeBallot(showId: string, ballotId: string): Promise<void>
  removeOfShow(showId: string): Promise<void>
  /** Yields the votes of a show, in no order. */
  ofShow(showId: string): AsyncIterable<Vote & { choice: number }>
}

/** The log in which rooms record their audience. */
export interface AudienceRecords extends Pick<AudienceLog, 'openWriter'> {
  pseudonymOf: PseudonymOf
}

/** Everything a room reads from the store when it opens, and writes while it is open. */
export interface RoomStore {
  shows: ShowRecords
  playlists: { getStored(showId: string): Promise<Playlist> }
  comments: CommentRecords
  events: EventRecords
  votes: VoteRecords
  audience: AudienceRecords
  log: Pick<EventLog, 'take' | 'recover' | 'recentCauses' | 'read' | 'findSnapshot' | 'removeSnapshot'>
}
