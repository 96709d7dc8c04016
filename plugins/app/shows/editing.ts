import type { Collection } from 'mongodb'
import { CodedError } from '../../../contract/errors.ts'
import { defaultSettings } from '../../../contract/settings.ts'
import type { Show, ShowDraft, ShowPatch } from '../../../contract/shows.ts'
import type { LiveShows } from './live-shows.ts'
import { opaqueId } from '../documents/opaque-id.ts'
import type { ShowGuard } from './show-guard.ts'
import type { ShowDocument } from './document.ts'
import { parseStartingTime } from './starting-time.ts'
import { showEditOf, type ShowViews } from './view.ts'
import { normalTags } from './normal-tags.ts'
import { wordsOf } from '../documents/search-words.ts'

export interface EditingParts {
  shows: Collection<ShowDocument>
  guard: ShowGuard
  views: ShowViews
  liveShows: LiveShows
  /** Default number of seats besides the creator's. */
  maxSpeakers: number
  /** Maximum number of shows of one person that have not started. */
  maxScheduled: number
  nowMs: () => number
}

/** Maximum attempts of an edit without a version, which is repeated after a concurrent edit. */
const maxAttempts = 50

export type Editing = ReturnType<typeof createEditing>

/** Creates shows and changes them. */
export function createEditing({ shows, guard, views, liveShows, maxSpeakers, maxScheduled, nowMs }: EditingParts) {
  /** Tries to change a show once. Returns the changed show; null when another edit was first. */
  async function tryPatch(
    before: ShowDocument,
    { version, settings, startsAt, tags, ...plain }: ShowPatch
  ): Promise<ShowDocument | null> {
    if (version !== undefined && version !== before.version) return null
    if (before.status === 'ended' && settings !== undefined) throw new CodedError('SHOW_ENDED', 'The show has ended.')
    if (before.status !== 'scheduled' && startsAt !== undefined) {
      throw new CodedError('CONFLICT', 'The show has already started.')
    }
    const { title, description } = { ...before, ...plain }
    const nextTags = tags === undefined ? (before.tags ?? []) : normalTags(tags)
    return await shows.findOneAndUpdate(
      { _id: before._id, version: before.version },
      {
        $set: {
          ...plain,
          tags: nextTags,
          words: wordsOf(title, ...nextTags, description),
          ...(settings && { settings: { ...before.settings, ...settings } }),
          ...(startsAt !== undefined && { startsAt: parseStartingTime(startsAt, nowMs(), before.startsAt) }),
          updatedAt: new Date(nowMs())
        },
        $inc: { version: 1 }
      },
      { returnDocument: 'after' }
    )
  }

  async function change(showId: string, callerId: string, patch: ShowPatch): Promise<ShowDocument> {
    for (let attempt = 0; attempt < (patch.version === undefined ? maxAttempts : 1); attempt++) {
      const after = await tryPatch(await guard.authorize('change', showId, callerId), patch)
      if (after) return after
    }
    throw new CodedError('CONFLICT', 'The show was changed meanwhile. Load it again.')
  }

  const countScheduled = async (creatorId: string): Promise<number> =>
    await shows.countDocuments({ creatorId, status: 'scheduled' })

  function tooManyScheduled(): CodedError {
    return new CodedError(
      'CONFLICT',
      `You have ${maxScheduled} shows that have not started. Delete some of them first.`
    )
  }

  return {
    /** Throws VALIDATION (a start in the past, an empty tag), CONFLICT (too many shows that have not started). */
    async create(
      creatorId: string,
      {
        title,
        description = '',
        tags: given = [],
        startsAt = null,
        visibility = 'public',
        settings = {}
      }: Omit<ShowDraft, 'repeat' | 'coverOf'>,
      ofSeries: Pick<ShowDocument, 'series' | 'occurrence' | 'coverUrl'> = {}
    ): Promise<Show> {
      const now = new Date(nowMs())
      const tags = normalTags(given)
      const document: ShowDocument = {
        _id: opaqueId(),
        creatorId,
        title,
        description,
        tags,
        words: wordsOf(title, ...tags, description),
        status: 'scheduled',
        visibility,
        settings: { ...defaultSettings, maxSpeakers, ...settings },
        startsAt: parseStartingTime(startsAt, now.getTime()),
        startedAt: null,
        endedAt: null,
        endReason: null,
        listenerCount: 0,
        peakListeners: 0,
        totalListeners: 0,
        ...ofSeries,
        version: 1,
        createdAt: now,
        updatedAt: now
      }
      if ((await countScheduled(creatorId)) >= maxScheduled) throw tooManyScheduled()
      await shows.insertOne(document)
      // Requests at the same time may all have found a place.
      if ((await countScheduled(creatorId)) > maxScheduled) {
        await shows.deleteOne({ _id: document._id, status: 'scheduled' })
        throw tooManyScheduled()
      }
      return await views.toShow(document)
    },

    /**
     * Throws NOT_FOUND, FORBIDDEN, VALIDATION (a start in the past, an empty tag), CONFLICT (a stale version, or
     * a starting time for a show that has started), SHOW_ENDED (settings of an ended show).
     */
    async patch(showId: string, callerId: string, patch: ShowPatch): Promise<Show> {
      const after = await change(showId, callerId, patch)
      // People may be backstage in the room of a planned show.
      if (after.status !== 'ended') await liveShows.showEdited(showId, showEditOf(after))
      return await views.toShow(after)
    }
  }
}
