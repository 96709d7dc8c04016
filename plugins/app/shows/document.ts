import type { Filter } from 'mongodb'
import type { BackstageRole } from '../../../contract/backstage.ts'
import type { SeriesOfShow } from '../../../contract/series.ts'
import type { ShowSettings } from '../../../contract/settings.ts'
import type { EndReason, ShowStatus, Visibility } from '../../../contract/shows.ts'

/** The people who may meet backstage, before a show starts. */
export interface StoredBackstage {
  version: number
  guests: { userId: string; role: BackstageRole; invitedAt: Date }[]
}

/** A show in the collection `shows`. */
export interface ShowDocument {
  _id: string
  creatorId: string
  /** The creator while the show is live. Unique, so that no creator has two live shows. */
  liveCreatorId?: string
  title: string
  description: string
  /** As `normalTag` returns them, each once. Missing in shows of earlier builds. */
  tags?: string[]
  /** Path of its picture. */
  coverUrl?: string
  /** Words of title, tags and description, for the search. */
  words: string[]
  status: ShowStatus
  visibility: Visibility
  settings: ShowSettings
  startsAt: Date | null
  startedAt: Date | null
  endedAt: Date | null
  endReason: EndReason | null
  listenerCount: number
  peakListeners: number
  totalListeners: number
  /** Songs of a live show that play, are paused, or are about to play. */
  onAirSongIds?: string[]
  /**
   * The newest home whose room has written into this document, by the token of its fence record. Missing before the
   * first write, and in shows of earlier builds. An earlier home writes nothing more.
   */
  homeToken?: number
  /** The people whom the creator has invited backstage; `version` counts the changes. Missing before the first. */
  backstage?: StoredBackstage
  /** The series of a show that repeats, and the key of its date in it: id of the series, colon, time on the clock. */
  series?: SeriesOfShow
  occurrence?: string
  version: number
  createdAt: Date
  updatedAt: Date
}

/** Selects a show unless a later home than the one with this token has written into it. */
export function writableBy(showId: string, token: number): Filter<ShowDocument> {
  return { _id: showId, $or: [{ homeToken: { $exists: false } }, { homeToken: { $lte: token } }] }
}

/** Statuses of a show that has a live room. */
export const liveStatuses: ShowStatus[] = ['live', 'interrupted']

/** Returns the people who are invited backstage as the room of the show knows them. */
export function roomListOf({ version, guests }: StoredBackstage) {
  return { version, guests: guests.map(({ userId, role }) => ({ userId, role })) }
}
