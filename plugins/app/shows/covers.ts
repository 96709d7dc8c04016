import type { Collection } from 'mongodb'
import { CodedError } from '../../../contract/errors.ts'
import type { Show } from '../../../contract/shows.ts'
import { slicesOf } from '../documents/slices.ts'
import type { OwnedPictures } from '../people/owned-pictures.ts'
import type { ShowDocument } from './document.ts'
import type { LiveShows } from './live-shows.ts'
import type { SeriesDocument } from './series/document.ts'
import type { ShowGuard } from './show-guard.ts'
import { showEditOf, type ShowViews } from './view.ts'

/** Side of a cover, pixels: for link previews and lock screens. */
export const coverSidePx = 800

export interface CoversParts {
  shows: Collection<ShowDocument>
  series: Collection<SeriesDocument>
  /** The pictures, by the creator of the show. */
  files: OwnedPictures
  guard: Pick<ShowGuard, 'authorize' | 'get'>
  views: Pick<ShowViews, 'toShow'>
  liveShows: Pick<LiveShows, 'showEdited'>
  nowMs(): number
}

export type Covers = Awaited<ReturnType<typeof createCovers>>

/**
 * Pictures of shows: squares. Shows of a series share the file of their cover, so it is deleted when neither a show nor
 * a series of its creator has it any more.
 */
export async function createCovers({ shows, series, files, guard, views, liveShows, nowMs }: CoversParts) {
  await shows.createIndex({ coverUrl: 1 }, { sparse: true })
  await series.createIndex({ coverUrl: 1 }, { sparse: true })

  const updateTo = (coverUrl: string | null) => ({
    ...(coverUrl === null ? { $unset: { coverUrl: '' as const } } : {}),
    $set: { ...(coverUrl !== null && { coverUrl }), updatedAt: new Date(nowMs()) },
    $inc: { version: 1 }
  })

  async function findUsed(urls: readonly string[]): Promise<Set<string>> {
    const used = new Set<string>()
    const projection = { coverUrl: 1 } as const
    for (const slice of slicesOf(urls)) {
      const filter = { coverUrl: { $in: slice } }
      for await (const { coverUrl } of shows.find(filter, { projection })) if (coverUrl) used.add(coverUrl)
      for await (const { coverUrl } of series.find(filter, { projection })) if (coverUrl) used.add(coverUrl)
    }
    return used
  }

  /** Removes the file of a cover that a deleted or changed show or series had, unless another one has it, too. */
  async function release({ creatorId, coverUrl }: Pick<ShowDocument, 'creatorId' | 'coverUrl'>): Promise<void> {
    if (coverUrl !== undefined) await files.removeUnused(creatorId, coverUrl, findUsed)
  }

  /** Changes the cover of a stored show. Returns the show before; null when none matches. */
  async function store(showId: string, from: object, coverUrl: string | null): Promise<ShowDocument | null> {
    return await shows.findOneAndUpdate({ _id: showId, ...from }, updateTo(coverUrl), { returnDocument: 'before' })
  }

  /** Tells the room of a show. It is last, since a room that does not answer must leave no file behind. */
  async function tellRoom(showId: string): Promise<void> {
    const show = await guard.get(showId)
    // People may be backstage in the room of a planned show.
    if (show.status !== 'ended') await liveShows.showEdited(showId, showEditOf(show))
  }

  /** Gives the later shows of a series the cover of the planned one. */
  async function setOfSeries({ series: of, status, creatorId }: ShowDocument, coverUrl: string | null): Promise<void> {
    if (!of || status !== 'scheduled') return
    const change = coverUrl === null ? { $unset: { coverUrl: '' as const } } : { $set: { coverUrl } }
    await series.updateOne({ _id: of.id, creatorId }, { ...change, $inc: { version: 1 } })
  }

  return {
    release,

    /**
     * Replaces the cover of a show with a JPEG, PNG or WebP. That of a planned show of a series is also the cover of
     * the later ones. Throws NOT_FOUND, FORBIDDEN, UNSUPPORTED_MEDIA, UNAVAILABLE, and the errors of `readPicture`,
     * which is called for the creator only.
     */
    async replace(showId: string, callerId: string, readPicture: () => Promise<Buffer>): Promise<Show> {
      const { creatorId } = await guard.authorize('change', showId, callerId)
      // The new file is stored before the show refers to it; the old one is deleted after that.
      const coverUrl = await files.add(creatorId, await readPicture())
      const before = await store(showId, { creatorId }, coverUrl)
      if (!before) {
        await files.discard(coverUrl)
        throw new CodedError('NOT_FOUND', 'There is no such show.')
      }
      await setOfSeries(before, coverUrl)
      await release(before)
      await tellRoom(showId)
      return await views.toShow(await guard.get(showId))
    },

    /** Returns the cover of a show for another one of its creator. Throws NOT_FOUND, also for shows of others. */
    async coverOf(showId: string, creatorId: string): Promise<Pick<ShowDocument, 'coverUrl'>> {
      const found = await shows.findOne({ _id: showId, creatorId }, { projection: { coverUrl: 1 } })
      if (!found) throw new CodedError('NOT_FOUND', 'There is no such show of yours.')
      return found.coverUrl === undefined ? {} : { coverUrl: found.coverUrl }
    },

    /** Removes the cover of a show, as `replace` changes it. Safe to repeat. Throws NOT_FOUND, FORBIDDEN. */
    async remove(showId: string, callerId: string): Promise<Show> {
      await guard.authorize('change', showId, callerId)
      const before = await store(showId, { coverUrl: { $exists: true } }, null)
      if (before) {
        await setOfSeries(before, null)
        await release(before)
      }
      await tellRoom(showId)
      return await views.toShow(await guard.get(showId))
    },

    /**
     * Takes the cover of a show down for an operator: no show or series of its creator keeps this picture. Throws
     * NOT_FOUND, also for a show without a cover.
     */
    async takeDown(showId: string): Promise<void> {
      const { creatorId, coverUrl } = await guard.get(showId)
      if (coverUrl === undefined) throw noCover()
      await files.discard(coverUrl)
      await series.updateMany({ creatorId, coverUrl }, { $unset: { coverUrl: '' }, $inc: { version: 1 } })
      const others = await shows
        .find({ creatorId, coverUrl, _id: { $ne: showId } }, { projection: { _id: 1 } })
        .toArray()
      // The show itself is last, so that an interrupted takedown can be repeated.
      for (const id of [...others.map(({ _id }) => _id), showId]) {
        if (await store(id, { coverUrl }, null)) await tellRoom(id)
      }
    },

    /** Throws NOT_FOUND for a show that does not exist or has no cover. */
    async assertExists(showId: string): Promise<void> {
      if ((await guard.get(showId)).coverUrl === undefined) throw noCover()
    },

    read: files.read,
    export: files.export,
    erase: files.erase
  }
}

function noCover(): CodedError {
  return new CodedError('NOT_FOUND', 'The show has no cover.')
}
