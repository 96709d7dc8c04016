import type { Collection } from 'mongodb'
import { CodedError } from '../../../contract/errors.ts'
import type { EndReason, Show } from '../../../contract/shows.ts'
import { isDuplicateKey } from '../documents/is-duplicate-key.ts'
import type { LiveShows } from './live-shows.ts'
import type { ShowEvents } from './show-events.ts'
import type { ShowGuard } from './show-guard.ts'
import { liveStatuses, writableBy, type ShowDocument } from './document.ts'
import type { ShowViews } from './view.ts'

export interface LifecycleParts {
  shows: Collection<ShowDocument>
  guard: Pick<ShowGuard, 'authorize' | 'get'>
  views: Pick<ShowViews, 'toShow'>
  liveShows: Pick<LiveShows, 'command' | 'findStatus' | 'isElsewhere'>
  showEvents: Pick<ShowEvents, 'hasStarted'>
  isDraining: () => boolean
}

/** Starts and ends shows in the store. */
export async function createLifecycle(parts: LifecycleParts) {
  const { shows, guard, views, liveShows, showEvents, isDraining } = parts
  await shows.createIndex({ liveCreatorId: 1 }, { unique: true, sparse: true })
  await shows.createIndex({ onAirSongIds: 1 }, { sparse: true })

  /**
   * Marks a show as live. Of a creator's shows only one can be live, also when two start at the same time. One that was
   * marked before, and whose room has not heard of it, is started again: then this is not its claim.
   */
  async function claimLive(document: ShowDocument): Promise<{ live: ShowDocument; isClaimed: boolean }> {
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
      if (live) return { live, isClaimed: true }
    } catch (error) {
      if (isDuplicateKey(error)) {
        throw new CodedError('CONFLICT', 'You already have a live show. End it first.')
      }
      throw error
    }
    const current = await guard.get(document._id)
    if (current.status === 'ended') throw new CodedError('SHOW_ENDED', 'The show has ended.')
    if (current.status !== 'scheduled' && !(await isOnAir(current._id))) return { live: current, isClaimed: false }
    throw new CodedError('CONFLICT', 'The show is already live.')
  }

  /** Whether the room of a show has started, here or according to its log. */
  async function isOnAir(showId: string): Promise<boolean> {
    const status = liveShows.findStatus(showId)?.status
    return (status !== undefined && status !== 'scheduled') || (await showEvents.hasStarted(showId))
  }

  /**
   * Whether a show may be on air after its start has failed. A room here or on another node may have started even
   * though its answer was lost. What nobody can tell is not undone: the stored show is live, so a node takes it over.
   */
  async function mayBeOnAir(showId: string): Promise<boolean> {
    const live = liveShows.findStatus(showId)
    if (live) return live.status !== 'scheduled'
    try {
      return (await liveShows.isElsewhere(showId)) || (await showEvents.hasStarted(showId))
    } catch {
      return true
    }
  }

  async function undoLive(showId: string): Promise<void> {
    await shows.updateOne(
      { _id: showId, status: 'live', homeToken: { $exists: false } },
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
      const { live, isClaimed } = await claimLive(document)
      try {
        await liveShows.command(showId, { kind: 'user', userId: callerId }, { type: 'show:start' })
      } catch (error) {
        // A room that was just being opened has read the stored show, and started by itself.
        const isStarted = error instanceof CodedError && error.code === 'CONFLICT' && (await isOnAir(showId))
        if (isClaimed && isStarted) return await views.toShow(live)
        if (isClaimed && !(await mayBeOnAir(showId))) await undoLive(showId)
        throw error
      }
      return await views.toShow(live)
    },

    /**
     * Ends a show. The room decides whether a host may: its creator, or the co-host to whom the show was handed over.
     * Throws NOT_FOUND, FORBIDDEN, SHOW_NOT_LIVE, SHOW_ENDED.
     */
    async end(showId: string, callerId: string): Promise<Show> {
      const { status } = await guard.authorize('moderate', showId, callerId)
      if (status === 'ended') {
        // Nobody but the creator has a right to an ended show's record.
        await guard.authorize('change', showId, callerId)
        throw new CodedError('SHOW_ENDED', 'The show has already ended.')
      }
      await liveShows.command(showId, { kind: 'user', userId: callerId }, { type: 'show:end' })
      return await views.toShow(await guard.get(showId))
    },

    /** Marks a live show for its home with this token. Changes nothing when a later home has written. */
    async markStatus(showId: string, status: 'live' | 'interrupted', token: number): Promise<void> {
      await shows.updateOne(
        { ...writableBy(showId, token), status: { $in: liveStatuses } },
        { $set: { status, homeToken: token, updatedAt: new Date() } }
      )
    },

    /**
     * Marks a show as ended for its home with this token. `at` is in ms since the epoch. Changes nothing when a later
     * home has written.
     */
    async markEnded(showId: string, reason: EndReason, at: number, token: number): Promise<void> {
      const endedAt = new Date(at)
      await shows.updateOne(
        { ...writableBy(showId, token), status: { $in: liveStatuses } },
        {
          $set: {
            status: 'ended',
            endReason: reason,
            endedAt,
            updatedAt: endedAt,
            listenerCount: 0,
            homeToken: token
          },
          $unset: { liveCreatorId: '', onAirSongIds: '' },
          $inc: { version: 1 }
        }
      )
    },

    /**
     * Stores the songs that may be heard for the home with this token, in place of those stored before. Returns false
     * when a later home has written, or the show is not live.
     */
    async markSongsOnAir(showId: string, songIds: string[], token: number): Promise<boolean> {
      const { matchedCount } = await shows.updateOne(
        { ...writableBy(showId, token), status: { $in: liveStatuses } },
        { $set: { onAirSongIds: songIds, homeToken: token } }
      )
      return matchedCount > 0
    },

    /** Returns the ids of the songs that live shows play, have paused, or are about to play, by the id of the show. */
    async findSongsOnAir(showIds: readonly string[]): Promise<Map<string, string[]>> {
      const found = await shows
        .find(
          { _id: { $in: [...new Set(showIds)] }, status: { $in: liveStatuses } },
          { projection: { onAirSongIds: 1 } }
        )
        .toArray()
      return new Map(found.map(({ _id, onAirSongIds = [] }) => [_id, onAirSongIds]))
    },

    /**
     * Whether a live show plays the song, has paused it, or is about to play it, on any node. A song that was marked
     * before, so that no room finds it, stays off air after `false`.
     */
    async isSongOnAir(songId: string): Promise<boolean> {
      const filter = { onAirSongIds: songId, status: { $in: liveStatuses } }
      return (await shows.findOne(filter, { projection: { _id: 1 } })) !== null
    }
  }
}
