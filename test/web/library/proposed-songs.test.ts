import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import type { MetadataProposal, ProposedSongs, SongMetadata, SongMetadataUpdate } from '../../../client/index.ts'
import { ProposedSongList } from '../../../web/src/library/proposed-songs.ts'
import { sampleProposal, sampleSong } from './sample-songs.ts'

const song = (id: string) => sampleSong({ id, title: id })
const proposal = (id: string) => sampleProposal({ id, source: 'musicbrainz' })

const metadataOf = (id: string, proposals: MetadataProposal[]): SongMetadata => ({
  song: song(id),
  sources: {},
  proposals,
  repositories: []
})

const page = (ids: string[], nextCursor: string | null = null): ProposedSongs => ({
  items: ids.map(id => ({ song: song(id), proposal: proposal(`p-${id}`) })),
  nextCursor,
  progress: { asked: 1, total: 3 }
})

/** A server whose answers a test gives one after the other. */
function fakeServer(reloadEveryMs = 1) {
  const gets: string[] = []
  const requests: { cursor?: string; answer: (page: ProposedSongs | Error) => void }[] = []
  let wake = () => {}
  let change = (_update: SongMetadataUpdate) => {}
  let listenerCount = 0
  const list = new ProposedSongList({
    pauseMs: 1,
    reloadEveryMs,
    async get(songId) {
      gets.push(songId)
      return metadataOf(songId, [proposal('loaded')])
    },
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
      change = onMetadata
      listenerCount++
      return () => {
        listenerCount--
      }
    }
  })
  return {
    list,
    requests,
    gets,
    change: (songId = 'a', proposals = 1) => change({ songId, proposals }),
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

t.test('an import of thousands of songs takes one request for the newest songs, and one for each row', async t => {
  const { list, change, requests, nextRequest, gets, ids } = fakeServer(1e6)
  t.teardown(list.subscribe(() => {}))
  ;(await nextRequest()).answer(page(['y', 'x'], 'c2'))
  ;(await nextRequest()).answer(page(['c', 'b']))
  await setTimeout()
  t.teardown(list.show('b'))
  for (let n = 0; n < 10_000; n++) change(`import-${n}`)
  change('b')
  change('b')
  const { cursor, answer } = await nextRequest()
  t.equal(cursor, undefined)
  answer({ ...page(['z', 'x'], 'c2'), progress: { asked: 9, total: 10 } })
  while (gets.length === 0) await setTimeout(1)
  for (let n = 0; n < 100; n++) change(`import-${n}`)
  await setTimeout(20)
  t.same(ids(), ['z', 'x', 'c', 'b'], 'older songs stay at their places')
  t.same(list.view.progress, { asked: 9, total: 10 })
  t.same(gets, ['b'])
  t.equal(list.view.songs.get('b')?.proposal.id, 'loaded')
  t.same(requests, [])
})

t.test('a song without proposals leaves the list at once', async t => {
  const { list, change, nextRequest, gets, ids } = fakeServer(1e6)
  t.teardown(list.subscribe(() => {}))
  ;(await nextRequest()).answer(page(['b', 'a']))
  await setTimeout()
  t.teardown(list.show('a'))
  change('a', 1)
  change('a', 0)
  t.same(ids(), ['b'])
  ;(await nextRequest()).answer(page(['b']))
  await setTimeout(5)
  t.same(gets, [])
})

t.test('changes while all pages are loaded do not end that', async t => {
  const { list, change, nextRequest, ids } = fakeServer()
  t.teardown(list.subscribe(() => {}))
  const first = await nextRequest()
  change('z')
  await setTimeout(10)
  first.answer(page(['y'], 'c2'))
  const second = await nextRequest()
  t.equal(second.cursor, 'c2')
  second.answer(page(['b']))
  await setTimeout()
  t.same(ids(), ['y', 'b'])
  ;(await nextRequest()).answer(page(['z', 'y'], 'c2'))
  await setTimeout()
  t.same(ids(), ['z', 'y', 'b'])
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
  list.settle(metadataOf('a', []))
  t.same(ids(), ['b'])
  before.answer(page(['a', 'b']))
  await loading
  t.same(ids(), ['b'])
  list.settle(metadataOf('b', [proposal('second')]))
  t.equal(list.view.songs.get('b')?.proposal.id, 'second')
})

t.test('a proposal leaves the list when its source forbids to show it any longer', async t => {
  const { list, nextRequest, gets, ids } = fakeServer(1e6)
  t.teardown(list.subscribe(() => {}))
  t.teardown(list.show('b'))
  const loaded = page(['d', 'c', 'b', 'a'])
  const ends = { d: -1000, c: 3_600_000, b: 50, a: 50 }
  for (const [index, endMs] of Object.values(ends).entries()) {
    loaded.items[index]!.proposal.showUntil = new Date(Date.now() + endMs).toISOString()
  }
  ;(await nextRequest()).answer(loaded)
  await setTimeout()
  t.same(ids(), ['c', 'b', 'a'])
  while (gets.length === 0) await setTimeout(1)
  await setTimeout(5)
  t.same(ids(), ['c', 'b'])
  t.equal(list.view.songs.get('b')?.proposal.id, 'loaded')
  t.same(gets, ['b'], 'a row on the screen gets what is known now')
})
