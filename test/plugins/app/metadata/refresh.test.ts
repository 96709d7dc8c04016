import t from 'tap'
import type { PlaylistItem } from '../../../../contract/playback.ts'
import { createRefresh, type RefreshDocument } from '../../../../plugins/app/metadata/refresh.ts'
import { openStores } from './parts.ts'

const app = await openStores(t)
const dayMs = 24 * 3_600_000

t.test('the artists of coming shows are read again once a day, by one node', async t => {
  let ms = Date.now()
  const refreshed: string[] = []
  const items = ['a', 'b', 'a'].map((artistKey, n): PlaylistItem => ({
    id: `item-${n}`,
    kind: 'song',
    title: 'A song',
    artists: ['Band'],
    album: null,
    durationMs: 1000,
    artworkUrl: null,
    link: null,
    available: true,
    artistKey
  }))
  const node = () =>
    createRefresh({
      refreshes: app.db.collection<RefreshDocument>('metadataRefreshes'),
      shows: { listIdsStartingBefore: async () => ['show'] },
      playlists: { getStored: async () => ({ version: 1, items }) },
      cards: {
        async refresh(key) {
          refreshed.push(key)
          if (key === 'a') throw new Error('away')
        }
      },
      signal: new AbortController().signal,
      nowMs: () => ms
    })
  const [first, second] = [node(), node()]
  await Promise.all([first(), second()])
  t.same(refreshed, ['a', 'b'], 'each artist once, also after one that failed')
  ms += dayMs - 1
  await second()
  t.equal(refreshed.length, 2)
  ms += 1
  await second()
  t.equal(refreshed.length, 4)
})
