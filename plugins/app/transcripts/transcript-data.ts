import { deleteInSlices } from '../documents/slices.ts'
import { exportedRecords } from '../privacy/exported-records.ts'
import type { PersonalDataKeeper } from '../privacy/personal-data.ts'
import type { TranscriptTables } from './documents.ts'
import type { JobQueue } from './job-queue.ts'

/** Exports and erases the words of a person in shows. Erasing removes it here and at the transcriber. */
export function createSegmentsKeeper(
  { segments }: Pick<TranscriptTables, 'segments'>,
  removeOfPerson: (userId: string) => Promise<void>
): PersonalDataKeeper {
  return {
    export: userId =>
      exportedRecords(
        segments,
        { userId },
        ({ showId, createdAt, to, text }) => ({
          showId,
          from: createdAt.toISOString(),
          to: new Date(to).toISOString(),
          text
        }),
        { sort: { createdAt: 1 } }
      ),
    async erase(userId) {
      await removeOfPerson(userId)
      await deleteInSlices(segments, { userId })
    }
  }
}

/** The transcriptions of a person's stints. Erased with what they said. */
export function createJobsKeeper({ jobs }: Pick<TranscriptTables, 'jobs'>): PersonalDataKeeper {
  return {
    export: userId =>
      exportedRecords(
        jobs,
        { userId },
        ({ _id, showId, state, reason, language, topics, createdAt }) => ({
          stintId: _id,
          showId,
          state,
          reason,
          language,
          topics: topics.map(({ name }) => name),
          createdAt
        }),
        { sort: { createdAt: 1 } }
      ),
    erase: async () => {}
  }
}

/** Removes all stints that match a filter, and returns the shows that lost some. */
export async function dropWhere(
  queue: Pick<JobQueue, 'find' | 'drop'>,
  filter: Parameters<JobQueue['find']>[0]
): Promise<Set<string>> {
  const showIds = new Set<string>()
  for await (const job of queue.find(filter)) {
    await queue.drop(job)
    showIds.add(job.showId)
  }
  return showIds
}
