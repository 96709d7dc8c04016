import type { Db } from 'mongodb'
import type { ClockPoint } from './audio-clock.ts'

/** A topic, and the number of places in which it was found. */
export interface FoundTopic {
  name: string
  count: number
}

const keptDaySeconds = 2 * 24 * 3600

/**
 * The transcription of one stint, in the collection `transcriptJobs`. `waiting`: its audio is sent, or is at the
 * transcriber already; `done`: its segments are stored; `rejected`: the transcriber refused it.
 */
export interface TranscriptJobDocument {
  /** The stint's id. */
  _id: string
  showId: string
  /** The speaker. */
  userId: string
  state: 'waiting' | 'done' | 'rejected'
  /** Id of the job at the transcriber; null until it has the audio. */
  jobId: string | null
  /** Places the audio that was sent on the server's clock. */
  clock: ClockPoint[]
  pollMs: number
  /** Number of times that the transcriber lost it. */
  losses: number
  /** Number of failures of the same step in a row. */
  attempts?: number
  /** The length of its speech was taken from the limit of a day, for the next time that it is sent. */
  isCounted?: boolean
  /** For hosts: why it waits, or was rejected. */
  reason: string | null
  language: string | null
  topics: FoundTopic[]
  createdAt: Date
  /** Time of the next step. A node that carries it out moves it on, so no other node does. Unset when none is left. */
  nextAt?: Date
}

/** A sentence of a speaker, in the collection `transcriptSegments`. */
export interface TranscriptSegmentDocument {
  _id: string
  showId: string
  stintId: string
  userId: string
  /** Server time at which it begins. */
  createdAt: Date
  /** Server time of its end, ms. */
  to: number
  text: string
  /** Its words as they are searched. */
  words: string[]
}

/** A job that is to be deleted at the transcriber, in the collection `transcriptDeletions`. */
export interface TranscriptDeletionDocument {
  /** Id of the job at the transcriber. */
  _id: string
  createdAt: Date
  nextAt: Date
}

/** The speech of a creator's shows that was sent on a day, in the collection `transcribedDays`. Kept for two days. */
export interface TranscribedDayDocument {
  /** The creator's id, and the date. */
  _id: string
  creatorId: string
  sentMs: number
  createdAt: Date
}

export type TranscriptTables = Awaited<ReturnType<typeof openTranscriptTables>>

/** Opens the collections of transcripts, and creates their indexes. */
export async function openTranscriptTables(db: Db) {
  const jobs = db.collection<TranscriptJobDocument>('transcriptJobs')
  await jobs.createIndex({ showId: 1 })
  await jobs.createIndex({ userId: 1, createdAt: 1 })
  await jobs.createIndex({ nextAt: 1 }, { sparse: true })
  const segments = db.collection<TranscriptSegmentDocument>('transcriptSegments')
  await segments.createIndex({ showId: 1, createdAt: 1, _id: 1 })
  await segments.createIndex({ showId: 1, words: 1 })
  await segments.createIndex({ stintId: 1 })
  await segments.createIndex({ userId: 1, createdAt: 1 })
  const deletions = db.collection<TranscriptDeletionDocument>('transcriptDeletions')
  await deletions.createIndex({ nextAt: 1 })
  const days = db.collection<TranscribedDayDocument>('transcribedDays')
  await days.createIndex({ creatorId: 1, createdAt: 1 })
  await days.createIndex({ createdAt: 1 }, { expireAfterSeconds: keptDaySeconds })
  return { jobs, segments, deletions, days }
}
