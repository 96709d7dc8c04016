import fc from 'fast-check'
import t from 'tap'
import { runsOf } from '../../../depth.ts'
import type { ShowDocument } from '../../../../plugins/app/shows/document.ts'
import { normalTag } from '../../../../contract/tags.ts'
import { defaultSettings } from '../../../../contract/settings.ts'
import { createCatalogue } from '../../../../plugins/app/shows/catalogue.ts'
import { createShowViews } from '../../../../plugins/app/shows/view.ts'
import { wordsOf } from '../../../../plugins/app/documents/search-words.ts'
import { opaqueId } from '../../../../plugins/app/documents/opaque-id.ts'
import { startApp } from '../../../realtime/real-app.ts'

const { app } = await startApp(t)
const shows = app.db.collection<ShowDocument>('shows')
/** One catalogue treats every search as one with few matches, the other as one with many. */
const catalogues = {
  fewMatches: await createCatalogue({ shows, views: createShowViews(app), nowMs: Date.now, maxCandidates: 10_000 }),
  manyMatches: await createCatalogue({ shows, views: createShowViews(app), nowMs: Date.now, maxCandidates: 0 })
}
const hourMs = 3_600_000
const now = Date.now()

/** A show with few different values, so that many shows have equal sort values. */
const arbitraryShow = fc.record({
  status: fc.constantFrom('scheduled' as const, 'live' as const, 'interrupted' as const, 'ended' as const),
  visibility: fc.constantFrom('public' as const, 'public' as const, 'unlisted' as const, 'private' as const),
  startsIn: fc.constantFrom(null, -48, -30, 3, 70),
  tick: fc.integer({ min: 0, max: 1 }),
  listenerCount: fc.integer({ min: 0, max: 1 }),
  title: fc.constantFrom('Morning jazz', 'Evening Jazz', 'Talk about gardens'),
  tags: fc.constantFrom<string[] | undefined>(undefined, [], ['jazz'], ['night talk', 'jazz'])
})
type DrawnShow = Omit<typeof arbitraryShow extends fc.Arbitrary<infer T> ? T : never, 'title' | 'tags'> & {
  title: string
  tags?: string[] | undefined
}

function documentOf(
  creatorId: string,
  { status, visibility, startsIn, tick, listenerCount, title, tags }: DrawnShow
): ShowDocument {
  const at = new Date(now - tick * hourMs)
  return {
    _id: opaqueId(),
    creatorId,
    title,
    description: '',
    ...(tags && { tags }),
    words: wordsOf(title),
    status,
    visibility,
    settings: defaultSettings,
    startsAt: startsIn === null ? null : new Date(now + startsIn * hourMs),
    startedAt: status === 'scheduled' ? null : at,
    endedAt: status === 'ended' ? at : null,
    endReason: null,
    listenerCount,
    peakListeners: 0,
    totalListeners: 0,
    version: 1,
    createdAt: at,
    updatedAt: at
  }
}

/** Reads all pages of a list and returns the ids. */
async function readPages(
  catalogue: typeof catalogues.fewMatches,
  query: object,
  limit: number,
  callerId: string | null
): Promise<string[]> {
  const ids: string[] = []
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<typeof app.shows.list>> = await catalogue.list(
      { limit, ...query, ...(cursor !== null && { cursor }) },
      callerId
    )
    if (page.items.length > limit) throw new Error('a page is longer than its limit')
    ids.push(...page.items.map(({ id }) => id))
    cursor = page.nextCursor
  } while (cursor !== null)
  return ids
}

/** The order of discovery in another form: compares two shows. */
function compare(a: ShowDocument, b: ShowDocument): number {
  const rank = ({ status, startsAt }: ShowDocument) => {
    if (status === 'live' || status === 'interrupted') return 0
    if (status === 'ended') return 3
    if (startsAt === null) return 2
    return startsAt.getTime() >= now - 24 * hourMs ? 1 : 4
  }
  const time = (date: Date | null) => date?.getTime() ?? 0
  const ranked = rank(a)
  const within: Record<number, number[]> = {
    0: [b.listenerCount - a.listenerCount, time(b.startedAt) - time(a.startedAt)],
    1: [time(a.startsAt) - time(b.startsAt), time(b.createdAt) - time(a.createdAt)],
    2: [time(b.createdAt) - time(a.createdAt)],
    3: [time(b.endedAt) - time(a.endedAt)],
    4: [time(b.startsAt) - time(a.startsAt), time(b.createdAt) - time(a.createdAt)]
  }
  return [ranked - rank(b), ...within[ranked]!, a._id < b._id ? 1 : -1].find(difference => difference !== 0)!
}

t.test('pages of any size contain each show once, in the order of discovery', async t => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(arbitraryShow, { minLength: 12, maxLength: 40 }),
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom(undefined, undefined, 'live' as const, 'scheduled' as const, 'ended' as const),
      fc.constantFrom(undefined, undefined, undefined, 'jazz', 'MORN', 'gard tal', 'no such words'),
      fc.constantFrom(undefined, undefined, 'jazz', '#Night  Talk', 'nobody has it'),
      fc.boolean(),
      fc.constantFrom('fewMatches' as const, 'manyMatches' as const),
      async (drawn, limit, status, q, tag, isOwn, catalogue) => {
        const creatorId = opaqueId()
        const documents = drawn.map(each => documentOf(creatorId, each))
        if (documents.length > 0) await shows.insertMany(documents)
        const expected = documents
          .filter(
            show =>
              isOwn ||
              (show.visibility === 'public' &&
                !(show.status === 'scheduled' && show.startsAt !== null && show.startsAt.getTime() < now - 24 * hourMs))
          )
          .filter(show => status === undefined || (show.status === 'interrupted' ? 'live' : show.status) === status)
          .filter(show =>
            (q ?? '')
              .toLowerCase()
              .split(' ')
              .every(beginning => show.words.some(word => word.startsWith(beginning)))
          )
          .filter(show => tag === undefined || (show.tags ?? []).includes(normalTag(tag)))
          .sort(compare)
          .map(({ _id }) => _id)
        const query = {
          creatorId,
          ...(status && { status }),
          ...(q !== undefined && { q }),
          ...(tag !== undefined && { tag })
        }
        t.strictSame(await readPages(catalogues[catalogue], query, limit, isOwn ? creatorId : null), expected)
        await shows.deleteMany({ creatorId })
      }
    ),
    { numRuns: runsOf(20, 60) }
  )
})

t.test('a cursor of another list, or of no list, is refused', async t => {
  const creatorId = opaqueId()
  await shows.insertMany(
    [1, 2].map(() =>
      documentOf(creatorId, {
        status: 'live',
        visibility: 'public',
        startsIn: null,
        tick: 0,
        listenerCount: 0,
        title: 'A'
      })
    )
  )
  const { nextCursor } = await app.shows.list({ limit: 1, creatorId }, null)
  await t.rejects(app.shows.list({ limit: 1, status: 'ended', cursor: nextCursor! }, null), { code: 'VALIDATION' })
  const forge = (text: string) => Buffer.from(text).toString('base64url')
  for (const cursor of [
    'x',
    forge('live:1:id'),
    forge('live:1:2:3:id'),
    forge('other:1:2:id'),
    forge('live:1:2:'),
    forge('live:1:2:$gt'),
    forge('missed:1:2:id')
  ]) {
    await t.rejects(app.shows.list({ limit: 1, cursor }, null), { code: 'VALIDATION' }, cursor)
  }
  await shows.deleteMany({ creatorId })
})

t.test('a search query is text, not a pattern', async t => {
  const creatorId = opaqueId()
  await shows.insertMany(
    ['C++ and .NET', 'Café Müller', '日本語の歌', 'ac'].map(title =>
      documentOf(creatorId, { status: 'live', visibility: 'public', startsIn: null, tick: 0, listenerCount: 0, title })
    )
  )
  const titles = async (q: string) =>
    (await app.shows.list({ limit: 20, creatorId, q }, null)).items.map(({ title }) => title).sort()
  t.strictSame(await titles('.*'), [])
  t.strictSame(
    await titles('a.'),
    ['C++ and .NET', 'ac'].filter(title => /\ba/i.test(title))
  )
  t.strictSame(await titles('['), [])
  t.strictSame(await titles('CAFE muller'), ['Café Müller'])
  t.strictSame(await titles('歌'), ['日本語の歌'])
  await shows.deleteMany({ creatorId })
})
