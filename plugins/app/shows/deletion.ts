import type { Collection } from 'mongodb'
import { CodedError } from '../../../contract/errors.ts'
import type { Covers } from './covers.ts'
import type { LiveShows } from './live-shows.ts'
import type { ShowData } from './show-data.ts'
import type { ShowGuard } from './show-guard.ts'
import type { Series } from './series/series.ts'
import type { ShowDocument } from './document.ts'

export interface DeletionParts {
  shows: Collection<ShowDocument>
  guard: ShowGuard
  showData: ShowData
  series: Pick<Series, 'skip' | 'planDueOf'>
  covers: Pick<Covers, 'release'>
  liveShows: Pick<LiveShows, 'showDeleted'>
}

/** Deletes shows with everything that belongs to them. */
export function createDeletion({ shows, guard, showData, series, covers, liveShows }: DeletionParts) {
  return {
    /** Deletes a show that was never live. Throws NOT_FOUND, FORBIDDEN, CONFLICT. */
    async remove(showId: string, callerId: string): Promise<void> {
      const show = await guard.authorize('change', showId, callerId)
      await series.skip(show)
      // Its cover may have changed since it was read.
      const removed = await shows.findOneAndDelete({ _id: showId, status: 'scheduled' })
      if (!removed) throw new CodedError('CONFLICT', 'A show that was live can not be deleted.')
      // Nobody can come backstage any more. A room that does not hear of this closes when it is empty.
      await liveShows.showDeleted(showId).catch(() => {})
      await showData.remove(showId)
      await covers.release(removed)
      if (show.series) await series.planDueOf(show.series.id)
    },

    /**
     * Deletes all shows of a person. The caller ends live shows first. Each show's document goes last, so that an
     * interrupted deletion can be repeated.
     */
    async removeAllOf(creatorId: string): Promise<void> {
      for await (const { _id, status } of shows.find({ creatorId }, { projection: { status: 1 } })) {
        await showData.remove(_id)
        await shows.deleteOne({ _id })
        // Invited people may have come backstage again since the creator was forgotten.
        if (status === 'scheduled') await liveShows.showDeleted(_id).catch(() => {})
      }
    }
  }
}
