import type { Collection } from 'mongodb'
import { CodedError } from '../../../contract/errors.ts'
import type { EndReason, Show } from '../../../contract/shows.ts'
import { isDuplicateKey } from '../documents/is-duplicate-key.ts'
import type { LiveShows } from './live-shows.ts'
import type { ShowGuard } from './show-guard.ts'
import { liveStatuses, type ShowDocument } from './document.ts'
import type { ShowViews } from './view.ts'

export interface LifecycleParts {
  shows: Collection<ShowDocument>
  guard: ShowGuard
  views: ShowViews
  liveShows: LiveShows
  isDraining: () => boolean
}

/** Starts and ends shows in the store. */
export async function createLifecycle({ shows, guard, views, liveShows, isDraining }: LifecycleParts) {
  await shows.createIndex({ liveCreatorId: 1 }, { unique: true, sparse: true })

  /** Marks a show as live. Of a creator's shows only one can be live, also when two start at the same time. */
  async function claimLive(document: ShowDocument): Promise<ShowDocument> {
    const now = new Date()
    try {
      const live = await shows.findOneAndUpdate(
        { _id: document._id, status: 'scheduled' },
        {
          $set: { status: 'live', liveCreatorId: document.creatorId, startedAt: now, updatedAt: now },
          $inc: { version: 1 }
        },
        { returnDocument: 'after' }
      )
      if (live) return live
    } catch (error) {
      if (isDuplicateKey(error)) {
        throw new CodedError('CONFLICT', 'You already have a live show. End it first.')
      }
      throw error
    }
    const { status } = await guard.get(document._id)
    if (status === 'ended') throw new CodedError('SHOW_ENDED', 'The show has ended.')
    throw new CodedError('CONFLICT', 'The show is already live.')
  }

  function isOnAir(showId: string): boolean {
    const live = liveShows.findStatus(showId)
    return live !== undefined && live.status !== 'scheduled'
  }

  async function undoLive(showId: string): Promise<void> {
    await shows.updateOne(
      { _id: showId, status: 'live' },
      { $set: { status: 'scheduled', startedAt: null }, $unset: { liveCreatorId: '' }, $inc: { version: 1 } }
    )
  }

  return {
    /**
     * Starts a show. Throws NOT_FOUND, FORBIDDEN, CONFLICT (already live, or another show of the creator is),
     * SHOW_ENDED, UNAVAILABLE (draining).
     */
    async start(showId: string, callerId: string): Promise<Show> {
      const document = await guard.authorize('change', showId, callerId)
      if (isDraining()) {
        throw new CodedError('UNAVAILABLE', 'The server is about to stop. Start the show again in a moment.')
      }
      const live = await claimLive(document)
      try {
        await liveShows.command(showId, { kind: 'user', userId: callerId }, { type: 'show:start' })
      } catch (error) {
        // The room may have started even though storing its events failed.
        if (!isOnAir(showId)) await undoLive(showId)
        throw error
      }
      return await views.toShow(live)
    },

    /** Ends a show. Throws NOT_FOUND, FORBIDDEN, SHOW_NOT_LIVE, SHOW_ENDED. */
    async end(showId: string, callerId: string): Promise<Show> {
      const { status } = await guard.authorize('change', showId, callerId)
      if (status === 'ended') throw new CodedError('SHOW_ENDED', 'The show has already ended.')
      await liveShows.command(showId, { kind: 'user', userId: callerId }, { type: 'show:end' })
      return await views.toShow(await guard.get(showId))
    },

    async markStatus(showId: string, status: 'live' | 'interrupted'): Promise<void> {
      await shows.updateOne({ _id: showId, status: { $in: liveStatuses } }, { $set: { status, updatedAt: new Date() } })
    },

    /** Marks a show as ended. `at` is in ms since the epoch. */
    async markEnded(showId: string, reason: EndReason, at: number): Promise<void> {
      const endedAt = new Date(at)
      await shows.updateOne(
        { _id: showId, status: { $in: liveStatuses } },
        {
          $set: { status: 'ended', endReason: reason, endedAt, updatedAt: endedAt, listenerCount: 0 },
          $unset: { liveCreatorId: '' },
          $inc: { version: 1 }
        }
      )
    }
  }
}
