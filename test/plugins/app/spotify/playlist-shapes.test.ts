import t from 'tap'
import { createValidation } from '../../../../plugins/app/http/validation.ts'
import { createSpotifyLibrary } from '../../../../plugins/app/spotify/spotify-library.ts'

/** Returns a library for one answer of Spotify. */
function libraryOf(items: readonly object[]) {
  return createSpotifyLibrary({
    accounts: { ask: async (_userId, ask) => await ask('token') },
    api: { get: async () => ({ total: items.length, items }) } as never,
    validator: createValidation().validator,
    takeCall: () => 0
  })
}

t.test('a playlist is listed in every shape, and says whether its tracks can be read', async t => {
  const total = { total: 7 }
  const shapes: [shape: object, readable: boolean][] = [
    [{ items: total }, true],
    [{ tracks: total }, true],
    [{ items: total, tracks: { total: 0 } }, true],
    [{ items: null, tracks: total }, true],
    [{ items: total, tracks: null }, true],
    [{ items: null }, false],
    [{ items: null, tracks: null }, false],
    [{}, false]
  ]
  for (const [shape, readable] of shapes) {
    const { items } = await libraryOf([{ id: 'list', name: 'A list', ...shape }]).playlists('person', { limit: 20 })
    t.match(items, [{ itemCount: readable ? 7 : 0, readable }], JSON.stringify(shape))
  }
})

t.test('entries of a playlist are read in every shape', async t => {
  const track = { type: 'track', id: 'track', name: 'A track', duration_ms: 1000 }
  const episode = { ...track, type: 'episode' }
  const shapes: [shape: object, isTrack: boolean][] = [
    [{ item: track }, true],
    [{ track }, true],
    [{ item: track, track }, true],
    [{ item: null, track }, true],
    [{ item: { ...track, track: true, episode: false } }, true],
    [{ item: episode }, false],
    [{ track: null }, false],
    [{}, false]
  ]
  for (const [shape, isTrack] of shapes) {
    const { items } = await libraryOf([shape]).playlistItems('person', 'list', { limit: 20 })
    t.equal(items.length, isTrack ? 1 : 0, JSON.stringify(shape))
  }
})
