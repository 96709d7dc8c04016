import type { Filter, UpdateFilter } from 'mongodb'
import { deleteInSlices, slicesOf } from '../documents/slices.ts'
import { wordsOf } from '../documents/search-words.ts'
import { onlyRepeats } from '../documents/only-repeats.ts'
import type { StoredStint } from '../recordings/stored-recordings.ts'
import type {
  TranscriptDeletionDocument,
  TranscriptJobDocument,
  TranscriptSegmentDocument,
  TranscriptTables
} from './documents.ts'
import type { SpokenSegment } from './spoken-segments.ts'

/** A job that a node works on until its time. */
export type ClaimedJob = TranscriptJobDocument & { nextAt: Date }

export type JobQueue = ReturnType<typeof createJobQueue>

/**
 * The queue of stints to transcribe, and of jobs to delete at the transcriber. It is in the store, so it survives the
 * end of any server. A node claims a step for the time of a lease.
 */
export function createJobQueue({ jobs, segments, deletions }: TranscriptTables, nowMs: () => number) {
  const inMs = (ms: number) => new Date(nowMs() + ms)

  /** Has a job deleted at the transcriber. Safe to repeat. */
  async function deleteAtTranscriber(jobId: string): Promise<void> {
    const now = new Date(nowMs())
    await deletions.updateOne({ _id: jobId }, { $setOnInsert: { createdAt: now, nextAt: now } }, { upsert: true })
  }

  /** Removes a stint's job and segments, here and at the transcriber. Safe to repeat. */
  async function drop({ _id, jobId }: Pick<TranscriptJobDocument, '_id' | 'jobId'>): Promise<void> {
    if (jobId !== null) await deleteAtTranscriber(jobId)
    const removed = await jobs.findOneAndDelete({ _id })
    // A node may have sent the audio meanwhile.
    if (removed && removed.jobId !== null && removed.jobId !== jobId) await deleteAtTranscriber(removed.jobId)
    await deleteInSlices(segments, { stintId: _id })
  }

  /** Changes a claimed job. Returns false when it was removed, or another node has claimed it. */
  async function change(job: ClaimedJob, update: UpdateFilter<TranscriptJobDocument>): Promise<boolean> {
    return (await jobs.updateOne({ _id: job._id, nextAt: job.nextAt }, update)).matchedCount > 0
  }

  async function storeSegments(job: ClaimedJob, found: readonly SpokenSegment[]): Promise<void> {
    await deleteInSlices(segments, { stintId: job._id })
    const documents = found.map((segment, n) => toDocument(job, segment, n))
    for (const slice of slicesOf(documents)) {
      await segments.insertMany(slice, { ordered: false }).catch((error: unknown) => {
        // Another node whose lease has expired stores the same.
        if (!onlyRepeats(error)) throw error
      })
    }
  }

  return {
    deleteAtTranscriber,
    drop,

    /** Adds a stint, unless it is known. */
    async add({ id, showId, userId }: Pick<StoredStint, 'id' | 'showId' | 'userId'>): Promise<void> {
      const now = new Date(nowMs())
      const job: Omit<TranscriptJobDocument, '_id'> = { showId, userId, ...newJob, createdAt: now, nextAt: now }
      await jobs.updateOne({ _id: id }, { $setOnInsert: job }, { upsert: true })
    },

    /** Sends the rejected stints of a show again. */
    async retry(showId: string): Promise<void> {
      await jobs.updateMany({ showId, state: 'rejected' }, { $set: { ...newJob, nextAt: new Date(nowMs()) } })
    },

    /** Claims the job that has waited longest for its next step. Returns null when none waits. */
    async claim(leaseMs: number): Promise<ClaimedJob | null> {
      const job = await jobs.findOneAndUpdate(
        { nextAt: { $lte: new Date(nowMs()) } },
        { $set: { nextAt: inMs(leaseMs) } },
        { sort: { nextAt: 1 }, returnDocument: 'after' }
      )
      return job?.nextAt ? { ...job, nextAt: job.nextAt } : null
    },

    /** Puts a claimed job back, for its next step after some time. Returns false when another node has it. */
    async putBack(
      job: ClaimedJob,
      waitMs: number,
      changes: Partial<Omit<TranscriptJobDocument, '_id' | 'nextAt'>> = {}
    ): Promise<boolean> {
      return await change(job, { $set: { ...changes, nextAt: inMs(waitMs) } })
    },

    /** Keeps that a claimed job's speech was taken from the limit. Returns false when another node has it. */
    markCounted: async (job: ClaimedJob): Promise<boolean> =>
      await change(job, { $set: { isCounted: true, reason: null } }),

    /** Stores what was said in a stint. Returns false when it was removed meanwhile: then nothing is kept. */
    async finish(
      job: ClaimedJob,
      found: readonly SpokenSegment[],
      result: Pick<TranscriptJobDocument, 'language' | 'topics'>
    ): Promise<boolean> {
      await storeSegments(job, found)
      if (job.jobId !== null) await deleteAtTranscriber(job.jobId)
      const done = { ...newJob, ...result, state: 'done' as const }
      if (await change(job, { $set: done, $unset: { nextAt: '' } })) return true
      if (!(await jobs.findOne({ _id: job._id }, { projection: { _id: 1 } }))) {
        await deleteInSlices(segments, { stintId: job._id })
      }
      return false
    },

    /** Keeps the reason why the transcriber refused a stint. Returns false when it was removed meanwhile. */
    async reject(job: ClaimedJob, reason: string): Promise<boolean> {
      if (job.jobId !== null) await deleteAtTranscriber(job.jobId)
      return await change(job, { $set: { ...newJob, state: 'rejected', reason }, $unset: { nextAt: '' } })
    },

    /** Yields ids and jobs of stints that match a filter. */
    async *find(
      filter: Filter<TranscriptJobDocument>
    ): AsyncGenerator<Pick<TranscriptJobDocument, '_id' | 'showId' | 'jobId'>> {
      yield* jobs.find(filter, { projection: { showId: 1, jobId: 1 } })
    },

    /** Claims a job that is to be deleted at the transcriber. Returns null when there is none. */
    async claimDeletion(leaseMs: number): Promise<TranscriptDeletionDocument | null> {
      return await deletions.findOneAndUpdate(
        { nextAt: { $lte: new Date(nowMs()) } },
        { $set: { nextAt: inMs(leaseMs) } },
        { sort: { nextAt: 1 }, returnDocument: 'after' }
      )
    },

    async finishDeletion(jobId: string): Promise<void> {
      await deletions.deleteOne({ _id: jobId })
    }
  }
}

const newJob: Pick<
  TranscriptJobDocument,
  'state' | 'jobId' | 'clock' | 'pollMs' | 'losses' | 'attempts' | 'isCounted' | 'reason' | 'language' | 'topics'
> = {
  state: 'waiting',
  jobId: null,
  clock: [],
  pollMs: 0,
  losses: 0,
  attempts: 0,
  isCounted: false,
  reason: null,
  language: null,
  topics: []
}

function toDocument(job: ClaimedJob, { from, to, text }: SpokenSegment, n: number): TranscriptSegmentDocument {
  const { _id: stintId, showId, userId } = job
  return { _id: `${stintId}-${n}`, showId, stintId, userId, createdAt: new Date(from), to, text, words: wordsOf(text) }
}
