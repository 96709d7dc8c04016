import t from 'tap'
import { joinShow, goLive, type ShowClient, type TestUser } from '../users.ts'
import { tracks } from '../standins/spotify/catalogue.ts'
import { startSpotifyStandIn } from '../standins/spotify/server.ts'
import { linkSpotify } from '../spotify-link.ts'
import { startApp } from './real-app.ts'
import type { Playlist } from '../../contract/playlist.ts'

const appLink = 'ambient-app:/signed-in'
const spotify = await startSpotifyStandIn()
t.teardown(async () => await spotify.close())
const { url } = await startApp(t, { ...spotify.settings, REDIRECT_URIS: appLink })
const entry = (n: number) => ({ kind: 'spotify', trackId: tracks[n]!.id })

/** Starts a show whose playlist has this number of Spotify tracks. */
async function startShowWithTracks(count: number): Promise<{
  creator: TestUser
  client: ShowClient
  showId: string
  playlist: Playlist
  edit: (by: TestUser, version: number, items: object[]) => Promise<Playlist>
}> {
  const { creator, client, showId } = await goLive(url)
  await linkSpotify(creator, spotify, appLink)
  const edit = async (by: TestUser, version: number, items: object[]) =>
    await by.rest<Playlist>('PUT', `/v1/shows/${showId}/playlist`, { version, items })
  const playlist = await edit(
    creator,
    0,
    Array.from({ length: count }, (_, n) => entry(n))
  )
  return { creator, client, showId, playlist, edit }
}

t.test('two editors edit a playlist, and a stale edit is a conflict', async t => {
  const { creator, client, showId, playlist, edit } = await startShowWithTracks(3)
  t.match(playlist, {
    version: 1,
    items: [
      {
        id: String,
        kind: 'spotify',
        trackId: tracks[0]!.id,
        title: 'Amber 1',
        artists: ['The Ambers'],
        durationMs: 120_000,
        link: /^https/,
        available: true
      },
      {},
      {}
    ]
  })
  t.match((await client.waitForEvent('playlist:changed')).event, { playlistVersion: 1 })
  const { user: listener, client: listenerClient } = await joinShow(url, showId)
  t.same(await listener.rest('GET', `/v1/shows/${showId}/playlist`), playlist)
  await t.rejects(edit(listener, 1, []), /FORBIDDEN/)
  await client.request('cohost:set', { userId: listener.id, cohost: true })

  const [first, second, third] = playlist.items.map(({ id, trackId }) => ({ id, kind: 'spotify', trackId }))
  const reordered = await edit(listener, 1, [third!, first!, second!])
  t.same(
    reordered.items.map(({ id }) => id),
    [third!.id, first!.id, second!.id],
    'items keep their ids, and moving them needs no Spotify account'
  )
  await t.rejects(edit(creator, 1, [first!]), /CONFLICT/)
  await listenerClient.waitForEvent(
    'playlist:changed',
    event => event.type === 'playlist:changed' && event.playlistVersion === 2
  )
  const both = await Promise.allSettled([edit(creator, 2, [first!]), edit(listener, 2, [second!])])
  t.same(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
  await t.rejects(edit(creator, 3, [{ ...first!, id: 'made-up' }]), /VALIDATION/)
  await t.rejects(edit(creator, 3, [{ kind: 'spotify', trackId: 'nosuchtrack' }]), /NOT_FOUND/)
  await t.rejects(edit(creator, 3, [{ kind: 'song', songId: 'nosuchsong' }]), /NOT_FOUND/)
  await t.rejects(
    edit(
      creator,
      3,
      Array.from({ length: 501 }, () => first!)
    ),
    /VALIDATION/
  )
  t.equal((await creator.rest<Playlist>('GET', `/v1/shows/${showId}/playlist`)).version, 3)
})

t.test('hosts play, seek, pause and resume, and listeners see the same', async t => {
  const {
    client,
    showId,
    playlist: {
      items: [first, second]
    }
  } = await startShowWithTracks(2)
  const { client: listener } = await joinShow(url, showId)
  t.equal(await listener.requestError('playback:play', {}), 'FORBIDDEN')
  const { playback } = await client.request('playback:play', {})
  t.match(playback, { status: 'playing', item: { id: first!.id }, positionMs: 0, producerId: null })
  t.match((await listener.waitForEvent('playback:changed')).event, { playback })
  t.match((await client.request('playback:play', { positionMs: 60_000 })).playback, {
    status: 'playing',
    item: { id: first!.id },
    positionMs: 60_000
  })
  const paused = await client.request('playback:pause', {})
  t.ok(paused.playback.status === 'paused' && paused.playback.positionMs >= 60_000)
  t.same((await client.request('playback:pause', {})).playback, paused.playback, 'pausing twice changes nothing')
  t.match((await client.request('playback:play', { positionMs: 5 })).playback, { status: 'paused', positionMs: 5 })
  t.match((await client.request('playback:play', { itemId: second!.id, positionMs: 119_950 })).playback, {
    item: { id: second!.id }
  })
  t.equal(await client.requestError('playback:next', { from: first!.id }), 'CONFLICT')
  await listener.waitForEvent(
    'playback:changed',
    event => event.type === 'playback:changed' && event.playback.status === 'stopped'
  )
  const { snapshot } = await listener.request('show:resync', {})
  t.match(snapshot.playback, { status: 'stopped', item: null }, 'the playlist advanced by itself and ended')
  t.equal(await client.requestError('playback:play', { itemId: 'none' }), 'NOT_FOUND')
  t.equal(await client.requestError('playback:play', { positionMs: -1 }), 'VALIDATION')
})
