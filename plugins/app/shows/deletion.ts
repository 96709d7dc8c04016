import type { Collection } from 'mongodb'
import { CodedError } from '../../../contract/errors.ts'
import type { ShowData } from './show-data.ts'
import type { ShowGuard } from './show-guard.ts'
import type { ShowDocument } from './document.ts'

export interface DeletionParts {
  shows: Collection<ShowDocument>
  guard: ShowGuard
  showData: ShowData
}

/** Deleting shows with everything in them. */
export function createDeletion({ shows, guard, showData }: DeletionParts) {
  return {
    /** Only before it was live. Throws NOT_FOUND, FORBIDDEN, CONFLICT. */
    async remove(showId: string, callerId: string): Promise<void> {
      await guard.require('change', showId, callerId)
      const { deletedCount } = await shows.deleteOne({ _id: showId, status: 'scheduled' })
      if (deletedCount === 0) throw new CodedError('CONFLICT', 'A show that was live stays.')
      await showData.remove(showId)
    },

    /** All shows of somebody, whatever their status: the show itself last, so that this can be repeated. Live ones are ended first, by who asks. */
    async removeAllOf(creatorId: string): Promise<void> {
      for await (const { _id } of shows.find({ creatorId }, { projection: { _id: 1 } })) {
        await showData.remove(_id)
        await shows.deleteOne({ _id })
      }
    }
  }
}
