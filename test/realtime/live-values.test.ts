import t from 'tap'
import { makeFile } from '../songs/files.ts'
import { settled, uploaded } from '../songs/uploads.ts'
import { signIn, signInAsGuest, type TestUser } from '../users.ts'
import { followLive, getLive, untilLive, watchLive } from './live-updates.ts'
import { startApp, until } from './real-app.ts'

const { url } = await startApp(t, { AUTH_GUESTS: 'on' })
const sound = await makeFile('a.flac', [], 'sine=duration=60')

async function addSong(owner: TestUser): Promise<string> {
  return (await settled(owner, (await uploaded(url, owner, sound)).id)).id
}

async function usersOn(url: string, songId: string): Promise<number | undefined> {
  return (await getLive(url)).topSongs.find(song => song.songId === songId)?.users
}

t.test('people are counted, not sockets, and each socket is told', async t => {
  t.match(await getLive(url), { usersConnected: 0, showsLive: 0, listeners: 0, topSongs: [], asOf: undefined })
  const [ana, guest] = [await signIn(url, 'Ana'), await signInAsGuest(url)]
  const [tab, otherTab, phone] = [watchLive(url, ana), watchLive(url, ana), watchLive(url, guest)]
  for (const { updates } of [tab, otherTab, phone]) await until(() => updates.at(-1)?.usersConnected === 2)
  t.same(tab.updates.at(-1), { usersConnected: 2, usersOnSong: null })
  await untilLive(url, ({ usersConnected }) => usersConnected === 2)
  const counts = [tab.updates.length, phone.updates.length]
  await new Promise(resolve => setTimeout(resolve, 2500))
  t.same([tab.updates.length, phone.updates.length], counts, 'nothing is sent while nothing changes')
  otherTab.disconnect()
  phone.disconnect()
  const { usersConnected, peaks } = await untilLive(url, ({ usersConnected }) => usersConnected === 1)
  t.same([usersConnected, peaks?.usersConnected], [1, 2])
  const late = watchLive(url, ana)
  await until(() => late.updates.length > 0)
  t.same(late.updates, [{ usersConnected: 1, usersOnSong: null }], 'a new socket is told at once')
  tab.disconnect()
  late.disconnect()
  await untilLive(url, values => values.usersConnected === 0)
  const response = await fetch(`${url}/v1/live`)
  t.equal(response.headers.get('cache-control'), 'public, max-age=1')
})

t.test('a song outside of shows counts each person once, until it is paused or the socket ends', async t => {
  const ana = await signIn(url, 'Ana')
  const songId = await addSong(ana)
  const [tab, otherTab] = [await ana.connect(), await ana.connect()]
  const [live, otherLive] = [followLive(tab), followLive(otherTab)]
  t.same(await tab.request('player:state', { songId, state: 'playing' }), {})
  await otherTab.request('player:state', { songId, state: 'playing' })
  await until(() => live.last?.usersOnSong?.users === 1 && otherLive.last?.usersOnSong?.users === 1)
  t.same(live.last?.usersOnSong, { songId, users: 1 })
  t.equal(await usersOn(url, songId), undefined, 'a song of a library is not public')
  await tab.request('player:state', { songId, state: 'paused' })
  await until(() => live.last?.usersOnSong === null)
  t.same(otherLive.last?.usersOnSong, { songId, users: 1 })
  const other = await addSong(ana)
  await otherTab.request('player:state', { songId: other, state: 'playing' })
  await until(() => otherLive.last?.usersOnSong?.songId === other)
  // Its owner can pause what was deleted while it played.
  await ana.rest('DELETE', `/v1/songs/${other}`)
  t.same(await otherTab.request('player:state', { songId: other, state: 'paused' }), {})
  t.equal(await otherTab.requestError('player:state', { songId: other, state: 'paused' }), 'NOT_FOUND')
  tab.disconnect()
  otherTab.disconnect()
})
