import type { FastifyBaseLogger } from 'fastify'
import type { Shows } from '../shows/shows.ts'
import type { RecordedShowDocument, RecordingTables } from './document.ts'
import type { RecordingSpaces } from './recording-space.ts'
import type { StintsChangedListener } from './stored-recordings.ts'

/** Time after the end of a show for which a stint is waited for that a lost server has in its spool. */
export const lostAfterMs = 24 * 3_600_000
/** Time in which one server tells the listeners of a change, before another one tries. */
const tellLeaseMs = 60_000

export interface RecordedShowsParts {
  tables: RecordingTables
  shows: Pick<Shows, 'findRecord' | 'findStarted'>
  log: Pick<FastifyBaseLogger, 'error'>
  /** Gives the space of a stint back. */
  release: RecordingSpaces['release']
  nowMs: () => number
  /** Removes what is left of the recording of a show that does not exist any more. */
  removeLeftOf(showId: string): Promise<void>
}

export type RecordedShows = ReturnType<typeof createRecordedShows>

/**
 * Tells listeners of changed recordings. A change is marked in the store until all listeners have followed it, so that
 * another server goes on after a failure.
 */
export function createRecordedShows({ tables, shows, log, release, nowMs, removeLeftOf }: RecordedShowsParts) {
  const listeners: StintsChangedListener[] = []

  /** Returns the end of a show whose stints are stored completely; undefined before. */
  async function findCompleteEnd(showId: string): Promise<Date | undefined> {
    const show = await shows.findStarted(showId)
    if (show?.status !== 'ended' || show.endedAt === null) return undefined
    if (show.endedAt.getTime() + lostAfterMs <= nowMs()) return show.endedAt
    const writing = await tables.stints.findOne({ showId, state: 'writing' }, { projection: { _id: 1 } })
    return writing ? undefined : show.endedAt
  }

  /**
   * Takes the right to tell of a change, for a minute. Returns undefined while another server has it. Stores the end of
   * the show, so that its recording is deleted in time even if listeners fail.
   */
  async function claim(showId: string, endedAt: Date): Promise<RecordedShowDocument | undefined> {
    const now = nowMs()
    const claimed = await tables.shows.findOneAndUpdate(
      {
        _id: showId,
        hasUntoldChange: true,
        $or: [{ tellAt: { $exists: false } }, { tellAt: { $lte: new Date(now) } }]
      },
      { $set: { tellAt: new Date(now + tellLeaseMs), endedAt } },
      { returnDocument: 'after' }
    )
    return claimed ?? undefined
  }

  /** Releases the space of stints that a lost server has in its spool. They get space again when they come back. */
  async function releaseLost(showId: string): Promise<void> {
    for await (const { _id } of tables.stints.find({ showId, state: 'writing' }, { projection: { _id: 1 } })) {
      await release(showId, _id)
    }
  }

  /** Removes the mark unless the stints have changed again. A show without stints is not needed any more. */
  async function settle({ _id, changes }: RecordedShowDocument): Promise<void> {
    await releaseLost(_id)
    const hasStints = (await tables.stints.findOne({ showId: _id }, { projection: { _id: 1 } })) !== null
    if (!hasStints) await tables.shows.deleteOne({ _id, changes })
    await tables.shows.updateOne({ _id, changes }, { $unset: { hasUntoldChange: '', tellAt: '' } })
    // Changed meanwhile: the next run need not wait for the end of the lease.
    await tables.shows.updateOne({ _id, hasUntoldChange: true }, { $unset: { tellAt: '' } })
  }

  async function tellIfComplete(showId: string): Promise<void> {
    const endedAt = await findCompleteEnd(showId)
    if (!endedAt) {
      if (!(await shows.findRecord(showId))) await removeLeftOf(showId)
      return
    }
    const claimed = await claim(showId, endedAt)
    if (!claimed) return
    for (const listener of listeners) await listener(showId)
    await settle(claimed)
  }

  async function tell(showId: string): Promise<void> {
    try {
      await tellIfComplete(showId)
    } catch (err) {
      log.error({ err, showId }, 'listeners of a changed recording failed, will be repeated')
    }
  }

  return {
    /** Whether the show has ended and no stint of it is still being written or moved to the storage. */
    isComplete: async (showId: string): Promise<boolean> => (await findCompleteEnd(showId)) !== undefined,

    /** Adds a listener. The change waits for it, and stays when it fails. */
    listen(listener: StintsChangedListener): void {
      listeners.push(listener)
    },

    /** Marks that the stored stints of a show have changed. */
    async markChanged(showId: string): Promise<void> {
      await tables.shows.updateOne(
        { _id: showId },
        { $set: { hasUntoldChange: true }, $inc: { changes: 1 }, $unset: { tellAt: '' } }
      )
    },

    /** Tells the listeners of a marked change, once the show is complete. A failure is logged and repeated later. */
    tell,

    /** Returns the shows whose recordings were stored and that ended before then. */
    async listEndedBefore(before: Date): Promise<string[]> {
      const found = await tables.shows.find({ endedAt: { $lt: before } }, { projection: { _id: 1 } }).toArray()
      return found.map(({ _id }) => _id)
    },

    /** Tells the listeners of changes that they have not followed. Safe on several servers at once. */
    async tellLeftChanges(): Promise<void> {
      const marked = tables.shows.find({ hasUntoldChange: true }, { projection: { _id: 1 } })
      for await (const { _id } of marked) await tell(_id)
    }
  }
}
