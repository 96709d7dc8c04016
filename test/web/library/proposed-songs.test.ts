import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import type { MetadataProposal, ProposedSongs, Song, SongMetadata } from '../../../client/index.ts'
import { ProposedSongList } from '../../../web/src/library/proposed-songs.ts'

const song = (id: string): Song => ({
  id,
  title: id,
  artist: null,
  album: null,
  durationMs: 1000,
  artworkUrl: null,
  peaks: [],
  status: 'ready',
  reason: null,
  sizeBytes: 1,
  audioUrl: null,
  createdAt: '2027-03-01T19:00:00.000Z'
})

const proposal = (id: string): MetadataProposal => ({
  id,
  source: 'musicbrainz',
  url: null,
  fetchedAt: '2027-03-01T19:00:00.000Z',
  title: null,
  artist: 'A Quiet Band',
  album: null,
  year: null,
  link: null,
  score: 1
})

const page = (ids: string[], nextCursor: string | null = null): ProposedSongs => ({
  items: ids.map(id => ({ song: song(id), proposal: proposal(`p-${id}`) })),
  nextCursor,
  progress: { asked: 1, total: 3 }
})

/** A server whose answers a test gives one after the other. */
function fakeServer() {
  const requests: { cursor?: string; answer: (page: ProposedSongs | Error) => void }[] = []
  let wake = () => {}
  let change = () => {}
  let listenerCount = 0
  const list = new ProposedSongList({
    reloadAfterMs: 1,
    async list({ cursor } = {}) {
      const { promise, resolve, reject } = Promise.withResolvers<ProposedSongs>()
      requests.push({
        ...(cursor !== undefined && { cursor }),
        answer: page => (page instanceof Error ? reject(page) : resolve(page))
      })
      wake()
      return await promise
    },
    onChange(onMetadata) {
      change = () => onMetadata({ songId: 'a', proposals: 1 })
      listenerCount++
      return () => {
        listenerCount--
      }
    }
  })
  return {
    list,
    requests,
    change: () => change(),
    listenerCount: () => listenerCount,
    async nextRequest() {
      while (requests.length === 0) {
        await new Promise<void>(resolve => {
          wake = resolve
        })
      }
      return requests.shift()!
    },
    ids: () => [...list.view.songs.keys()]
  }
}

t.test('all pages are loaded, and nothing is shown as settled before', async t => {
  const { list, nextRequest, ids, listenerCount } = fakeServer()
  const stop = list.subscribe(() => {})
  const first = await nextRequest()
  first.answer(page(['a', 'b'], 'c2'))
  const second = await nextRequest()
  t.equal(second.cursor, 'c2')
  t.equal(list.view.isSettled, false)
  second.answer(page(['c']))
  await setTimeout()
  t.same(ids(), ['a', 'b', 'c'])
  t.same(list.view.progress, { asked: 1, total: 3 })
  t.equal(list.view.isSettled, true)
  t.equal(listenerCount(), 1)
  stop()
  t.equal(listenerCount(), 0)
})

t.test('many changes are loaded with one request', async t => {
  const { list, change, requests, nextRequest, ids } = fakeServer()
  t.teardown(list.subscribe(() => {}))
  ;(await nextRequest()).answer(page([]))
  await setTimeout()
  change()
  change()
  change()
  ;(await nextRequest()).answer(page(['a']))
  await setTimeout(5)
  t.same(ids(), ['a'])
  t.same(requests, [])
})

t.test('a failure keeps what is known and says why; loading again mends it', async t => {
  const { list, nextRequest, ids } = fakeServer()
  t.teardown(list.subscribe(() => {}))
  ;(await nextRequest()).answer(page(['a']))
  await setTimeout()
  const failing = list.refresh()
  ;(await nextRequest()).answer(new Error('not now'))
  await failing
  t.equal(list.view.error, 'not now')
  t.same(ids(), ['a'])
  const mending = list.refresh()
  ;(await nextRequest()).answer(page(['a', 'b']))
  await mending
  t.equal(list.view.error, null)
  t.same(ids(), ['a', 'b'])
})

t.test('an accepted proposal does not come back with an answer from before', async t => {
  const { list, nextRequest, ids } = fakeServer()
  t.teardown(list.subscribe(() => {}))
  ;(await nextRequest()).answer(page(['a', 'b']))
  await setTimeout()
  const loading = list.refresh()
  const before = await nextRequest()
  const metadata: SongMetadata = { song: song('a'), sources: {}, proposals: [], repositories: [] }
  list.settle(metadata)
  t.same(ids(), ['b'])
  before.answer(page(['a', 'b']))
  await loading
  t.same(ids(), ['b'])
  list.settle({ ...metadata, song: song('b'), proposals: [proposal('second')] })
  t.equal(list.view.songs.get('b')?.proposal.id, 'second')
})
