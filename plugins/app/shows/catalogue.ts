import type { Collection, Filter } from 'mongodb'
import type { Page } from '../../../contract/paging.ts'
import type { Show, ShowsQuery } from '../../../contract/shows.ts'
import { toPage, type Edges } from '../documents/edges.ts'
import { decodeCursor, encodeCursor, foreignCursor, type ShowCursor } from './cursor.ts'
import type { ShowDocument } from './document.ts'
import { after, sections, sortValuesOf, type Section } from './sections.ts'
import { normalTags } from './normal-tags.ts'
import type { ShowViews } from './view.ts'
import { beginningsOf, wordFilter } from '../documents/search-words.ts'

export interface CatalogueParts {
  shows: Collection<ShowDocument>
  views: ShowViews
  nowMs: () => number
  /**
   * A search with up to this number of matches reads the matches only. A search with more matches scans the list, where
   * the next match is near.
   */
  maxCandidates?: number
}

/** Lists and searches shows. */
export async function createCatalogue({ shows, views, nowMs, maxCandidates = 300 }: CatalogueParts) {
  await shows.createIndex({ visibility: 1, status: 1, listenerCount: -1, startedAt: -1, _id: -1 })
  await shows.createIndex({ visibility: 1, status: 1, startsAt: 1, createdAt: -1, _id: -1 })
  await shows.createIndex({ visibility: 1, status: 1, endedAt: -1, _id: -1 })
  // In the order of the sections too, so that a list of the shows of some creators reads no more than its page.
  await shows.createIndex({ creatorId: 1, status: 1, endedAt: -1, _id: -1 })
  await shows.createIndex({ creatorId: 1, status: 1, startsAt: 1, createdAt: -1, _id: -1 })
  await shows.createIndex({ words: 1 })
  await shows.createIndex({ tags: 1, visibility: 1, status: 1, endedAt: -1, _id: -1 })

  /** Reads a section from its start, or from a cursor. */
  async function read(
    section: Section,
    filter: Filter<ShowDocument>,
    cursor: ShowCursor | undefined,
    limit: number
  ): Promise<ShowDocument[]> {
    const conditions = [filter, section.filter(nowMs()), ...(cursor ? [after(section, cursor.values, cursor.id)] : [])]
    const order = Object.fromEntries(section.order.map(({ field, direction }) => [field, direction]))
    return await shows
      .find({ $and: conditions })
      .sort({ ...order, _id: -1 })
      .limit(limit)
      .toArray()
  }

  /** Returns a filter for shows with a word for each of these beginnings. */
  async function searchFilter(beginnings: readonly string[]): Promise<Filter<ShowDocument>> {
    const words = { $and: beginnings.map(wordFilter) }
    const candidates = await shows
      .find(words, { projection: { _id: 1 } })
      .limit(maxCandidates + 1)
      .toArray()
    return candidates.length > maxCandidates ? words : { _id: { $in: candidates.map(({ _id }) => _id) }, ...words }
  }

  /**
   * Lists public shows in the order of discovery, section by section. A caller who lists their own shows gets all of
   * them. Throws VALIDATION for a cursor of another list, and an empty tag.
   * @param creatorIds only shows of these people
   */
  async function findEdges(
    { limit, cursor, status, creatorId, tag, q }: Omit<ShowsQuery, 'followed'>,
    callerId: string | null,
    creatorIds?: readonly string[]
  ): Promise<Edges<Show>> {
    const isOwn = creatorId !== undefined && creatorId === callerId
    const beginnings = q === undefined ? [] : beginningsOf(q)
    if (q !== undefined && beginnings.length === 0) return { edges: [], nextCursor: null }
    const filter: Filter<ShowDocument> = {
      ...(!isOwn && { visibility: 'public' }),
      ...(creatorId !== undefined && { creatorId }),
      ...(creatorIds && {
        creatorId: { $in: creatorIds.filter(id => creatorId === undefined || id === creatorId) }
      }),
      ...(tag !== undefined && { tags: normalTags([tag], '/tag')[0] ?? '' }),
      ...(beginnings.length > 0 && (await searchFilter(beginnings)))
    }
    const found: { section: Section; document: ShowDocument }[] = []
    const { remaining, from } = continueAt(
      sections.filter(section => (isOwn || !section.isOwnOnly) && (status === undefined || section.status === status)),
      cursor
    )
    for (const section of remaining) {
      const documents = await read(
        section,
        filter,
        section.name === from?.section ? from : undefined,
        limit + 1 - found.length
      )
      found.push(...documents.map(document => ({ section, document })))
      if (found.length > limit) break
    }
    const page = found.slice(0, limit)
    const shows = await views.toShows(page.map(({ document }) => document))
    const edges = page.flatMap((each, n) => {
      const node = shows[n]
      return node ? [{ node, cursor: cursorOf(each) }] : []
    })
    return { edges, nextCursor: found.length > limit ? (edges.at(-1)?.cursor ?? null) : null }
  }

  return {
    /** Lists shows as a page of REST. Throws VALIDATION for a cursor of another list. */
    list: async (...query: Parameters<typeof findEdges>): Promise<Page<Show>> => toPage(await findEdges(...query)),

    /** Lists shows as `list` does, with their cursors. */
    listEdges: findEdges
  }
}

/** Returns the cursor of a show within its section. */
function cursorOf({ section, document }: { section: Section; document: ShowDocument }): string {
  return encodeCursor({ section: section.name, values: sortValuesOf(section, document), id: document._id })
}

/** Returns the sections from the cursor's on, and the cursor for the first of them. */
function continueAt(
  all: readonly Section[],
  cursor: string | undefined
): { remaining: readonly Section[]; from?: ShowCursor } {
  if (cursor === undefined) return { remaining: all }
  const from = decodeCursor(cursor)
  const index = all.findIndex(({ name, order }) => name === from.section && order.length === from.values.length)
  if (index < 0) throw foreignCursor()
  return { remaining: all.slice(index), from }
}
