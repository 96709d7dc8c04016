import type { ShowDraft } from '../../../../contract/shows.ts'

/** Fields that all shows of a series share. */
export type SeriesDraft = Omit<ShowDraft, 'startsAt' | 'repeat' | 'coverOf'>

/** A show that repeats. One of its shows is planned at a time. */
export interface SeriesDocument {
  _id: string
  creatorId: string
  rule: string
  timeZone: string
  /** The first date: the fields in UTC of this date are the time on the clock of the time zone. */
  start: Date
  draft: SeriesDraft
  /** The picture that the next shows get. */
  coverUrl?: string
  /** The newest date that was planned, as `start`. Only later ones are planned. */
  planned: Date
  /** The next show is planned then: when the show before starts. Null when no date is left. */
  dueAt: Date | null
  version: number
  createdAt: Date
}
