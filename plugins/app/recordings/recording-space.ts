import type { RecordingSpace } from '../../../contract/recordings.ts'
import type { RecordingTables } from './document.ts'

export type RecordingSpaces = ReturnType<typeof createRecordingSpaces>

/** Limits the space for the recordings of each creator's shows. */
export function createRecordingSpaces({ shows, stints }: RecordingTables, limitBytes: number) {
  const field = (stintId: string) => `held.${stintId}`

  async function getUsedBytes(creatorId: string): Promise<number> {
    let usedBytes = 0
    for await (const { held } of shows.find({ creatorId }, { projection: { held: 1 } })) {
      for (const bytes of Object.values(held)) usedBytes += bytes
    }
    return usedBytes
  }

  async function hold(showId: string, stintId: string, bytes: number): Promise<void> {
    await shows.updateOne({ _id: showId }, { $set: { [field(stintId)]: bytes } })
    // Removed meanwhile: nobody else would release its space.
    const stint = await stints.findOne({ _id: stintId }, { projection: { _id: 1 } })
    if (!stint) await release(showId, stintId)
  }

  async function release(showId: string, stintId: string): Promise<void> {
    await shows.updateOne({ _id: showId }, { $unset: { [field(stintId)]: '' } })
  }

  return {
    hold,

    /** Gives the space of a stint back. */
    release,

    /** Counts the mixed audio of a show, in place of what it had. */
    async holdReplay(showId: string, bytes: number): Promise<void> {
      await shows.updateOne(
        { _id: showId },
        bytes > 0 ? { $set: { 'held.replay': bytes } } : { $unset: { 'held.replay': '' } }
      )
    },

    /**
     * Reserves space for a stint, in place of what it had, before it is checked: of two stints that want the last
     * bytes at the same time, both may get none. Returns false when there is not enough; the stint then has `before`.
     */
    async reserve(
      { creatorId, showId, stintId }: { creatorId: string; showId: string; stintId: string },
      bytes: number,
      before: number
    ): Promise<boolean> {
      await hold(showId, stintId, bytes)
      if ((await getUsedBytes(creatorId)) <= limitBytes) return true
      await hold(showId, stintId, before)
      return false
    },

    /** Returns the space that the recordings of a person's shows use, and its limit. */
    getSpace: async (creatorId: string): Promise<RecordingSpace> => ({
      usedBytes: await getUsedBytes(creatorId),
      limitBytes
    })
  }
}
