import { onlyRepeats } from '../documents/only-repeats.ts'
import { exportedRecords } from '../privacy/exported-records.ts'
import type { PersonalDataKeeper } from '../privacy/personal-data.ts'
import { deleteInSlices } from '../documents/slices.ts'
import type { TranscriptTables } from './documents.ts'

export const dayMs = 24 * 3_600_000

export interface TranscribedTimeParts {
  tables: Pick<TranscriptTables, 'days'>
  /** Maximum of speech that is sent for the shows of one creator on one day, ms. */
  limitMs: number
  nowMs(): number
}

export type TranscribedTime = ReturnType<typeof createTranscribedTime>

/**
 * Limits how much speech is sent for the shows of one creator on a day, which begins at midnight UTC. The limit is
 * exact on any number of nodes. A day's time is not given back when recordings are deleted.
 */
export function createTranscribedTime({ tables: { days }, limitMs, nowMs }: TranscribedTimeParts) {
  const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10)

  /** Makes the day of a creator, unless it exists. */
  async function ensureDay(id: string, creatorId: string): Promise<void> {
    const day = { creatorId, sentMs: 0, createdAt: new Date(nowMs()) }
    await days.updateOne({ _id: id }, { $setOnInsert: day }, { upsert: true }).catch((error: unknown) => {
      if (!onlyRepeats(error)) throw error
    })
  }

  return {
    /** Whether a stint is longer than all that may be sent on a day. */
    isTooLong: (durationMs: number): boolean => durationMs > limitMs,

    /** Takes time of today for a stint. Returns false when not as much is left. */
    async take(creatorId: string, durationMs: number): Promise<boolean> {
      const id = `${creatorId} ${dayOf(nowMs())}`
      const ms = Math.ceil(durationMs)
      await ensureDay(id, creatorId)
      const taken = await days.updateOne({ _id: id, sentMs: { $lte: limitMs - ms } }, { $inc: { sentMs: ms } })
      return taken.modifiedCount > 0
    },

    /** Returns the time until the next day, ms. */
    untilTomorrowMs: (): number => dayMs - (nowMs() % dayMs)
  }
}

/** The amount of speech in a creator's shows that was sent to be transcribed in the last days. */
export function createDaysKeeper({ days }: Pick<TranscriptTables, 'days'>): PersonalDataKeeper {
  return {
    export: creatorId =>
      exportedRecords(
        days,
        { creatorId },
        ({ createdAt, sentMs }) => ({ createdAt: createdAt.toISOString(), sentMs }),
        {
          sort: { createdAt: 1 }
        }
      ),
    erase: async creatorId => await deleteInSlices(days, { creatorId })
  }
}
