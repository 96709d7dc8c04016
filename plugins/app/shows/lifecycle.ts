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

/** Going live and ending, as far as the store is concerned. */
export async function createLifecycle({ shows, guard, views, liveShows, isDraining }: LifecycleParts) {
  await shows.createIndex({ liveCreatorId: 1 }, { unique: true, sparse: true })

  /** Goes live in the store: at most one show of a creator, whoever else tries at the same time. */
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
        throw new CodedError('CONFLICT', 'You have a live show already; end it first.')
      }
      throw error
    }
    const { status } = await guard.load(document._id)
    if (status === 'ended') throw new CodedError('SHOW_ENDED', 'The show has ended.')
    throw new CodedError('CONFLICT', 'The show is live already.')
  }

  function isOnAir(showId: string): boolean {
    const standing = liveShows.standing(showId)
    return standing !== undefined && standing.status !== 'scheduled'
  }

  async function giveUpLive(showId: string): Promise<void> {
    await shows.updateOne(
      { _id: showId, status: 'live' },
      { $set: { status: 'scheduled', startedAt: null }, $unset: { liveCreatorId: '' }, $inc: { version: 1 } }
    )
  }

  return {
    /** Throws NOT_FOUND, FORBIDDEN, CONFLICT (live already, or another show of theirs is), SHOW_ENDED, UNAVAILABLE while draining. */
    async start(showId: string, callerId: string): Promise<Show> {
      const document = await guard.require('change', showId, callerId)
      if (isDraining()) throw new CodedError('UNAVAILABLE', 'The server is about to stop; start the show in a moment.')
      const live = await claimLive(document)
      try {
        await liveShows.command(showId, { kind: 'user', userId: callerId }, { type: 'show:start' })
      } catch (error) {
        // It may have begun all the same, and only its events are not stored yet.
        if (!isOnAir(showId)) await giveUpLive(showId)
        throw error
      }
      return await views.toShow(live)
    },

    /** Throws NOT_FOUND, FORBIDDEN, SHOW_NOT_LIVE, SHOW_ENDED. */
    async end(showId: string, callerId: string): Promise<Show> {
      const { status } = await guard.require('change', showId, callerId)
      if (status === 'ended') throw new CodedError('SHOW_ENDED', 'The show has ended already.')
      await liveShows.command(showId, { kind: 'user', userId: callerId }, { type: 'show:end' })
      return await views.toShow(await guard.load(showId))
    },

    async markStatus(showId: string, status: 'live' | 'interrupted'): Promise<void> {
      await shows.updateOne({ _id: showId, status: { $in: liveStatuses } }, { $set: { status, updatedAt: new Date() } })
    },

    /** `at` in ms since the epoch. */
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
