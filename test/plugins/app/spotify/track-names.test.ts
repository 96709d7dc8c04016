import t from 'tap'
import { createValidation } from '../../../../plugins/app/http/validation.ts'
import { createSpotifyLibrary } from '../../../../plugins/app/spotify/spotify-library.ts'

/** Returns a library for one answer of Spotify. */
function libraryOf(answer: unknown) {
  return createSpotifyLibrary({
    accounts: { ask: async (_userId, ask) => await ask('token') },
    api: { get: async () => answer } as never,
    validator: createValidation().validator,
    takeCall: () => 0
  })
}

t.test('names at Spotify have the bounds of the names of songs, in characters and in bytes', async t => {
  const family = '👨‍👩‍👧‍👦'
  const track = await libraryOf({
    id: 'track',
    name: 'a'.repeat(5000),
    duration_ms: 1000,
    artists: Array.from({ length: 300 }, () => ({ name: family.repeat(300) })),
    album: { name: 'é'.repeat(150) }
  }).track('person', 'track')
  t.equal(track.title, 'a'.repeat(200))
  t.equal(track.artists.length, 50)
  t.equal(track.artists[0], family.repeat(32), '800 bytes')
  t.equal(track.album, 'é'.repeat(150), 'unchanged')
  const { items } = await libraryOf({ total: 1, items: [{ id: 'list', name: 'b'.repeat(5000) }] }).playlists('person', {
    limit: 20
  })
  t.equal(items[0]?.name, 'b'.repeat(200))
})
