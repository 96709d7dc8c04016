import t from 'tap'
import { startServer } from '../server-process.ts'
import { tracks } from '../standins/spotify/catalogue.ts'
import { startSpotifyStandIn } from '../standins/spotify/server.ts'
import { installFakePlayer, type FakePlayer } from './fake-spotify-player.ts'
import { signInVisitor, goLive, joinShow } from './show-steps.ts'
import { addWholePlaylist, approveAtSpotify, linkSpotify, readPlaybackSecond } from './spotify-steps.ts'

const spotify = await startSpotifyStandIn()
const server = await startServer({ ...spotify.settings, SPOTIFY_PLAYER: 'on', DRAIN_DEADLINE_MS: '1' })
const host = await signInVisitor(server.url, 'Host')
const guest = await signInVisitor(server.url, 'Guest')
t.teardown(async () => {
  await Promise.all([host.close(), guest.close()])
  await server.close()
  await spotify.close()
})
const { page } = guest

t.test('a listener who turns it on hears the show in their own Spotify, at the same second', async t => {
  await linkSpotify(host, server.url, 'listener1')
  await host.page.goto(server.url)
  const address = await goLive(host, 'Together')
  await addWholePlaylist(host.page, /Opening set/)
  const player = await installFakePlayer(page)
  const waitForPlayer = async (matches: (now: FakePlayer) => boolean) => {
    while (!matches(await player.now())) await page.waitForTimeout(50)
  }
  await joinShow(guest, address)
  t.equal(
    await page.getByRole('region', { name: 'Listen along' }).count(),
    0,
    'not offered while no Spotify track plays'
  )
  await host.page.getByRole('button', { name: 'Play', exact: true }).click()

  await page.getByRole('button', { name: 'Listen along' }).click()
  await page.getByText('Spotify needs your permission to play here').waitFor()
  t.same(player.loads, [], 'nothing is loaded from Spotify without permission')
  await page.getByRole('button', { name: 'Link Spotify with its player' }).click()
  await approveAtSpotify(page, 'listener2')
  await page.getByRole('button', { name: 'Listen along' }).waitFor()
  t.equal(page.url(), address, 'the page returns to the show')
  t.same(player.loads, [], 'nothing is loaded before a tap')
  await page.getByRole('button', { name: 'Listen along' }).click()
  await page.getByText('Playing here').waitFor()
  t.same(player.loads, ['https://sdk.scdn.co/spotify-player.js'])
  await waitForPlayer(({ trackId, isPaused }) => trackId === tracks[0]!.id && !isPaused)
  // The page shows whole seconds, and a deviation of up to one second is allowed.
  const waitUntilInSync = async (fromSecond: number) => {
    for (;;) {
      const [second, { positionMs }] = [await readPlaybackSecond(page), await player.now()]
      if (second >= fromSecond && Math.abs(second * 1000 + 500 - positionMs) <= 1500) return
      await page.waitForTimeout(50)
    }
  }
  await waitUntilInSync(1)
  const before = await readPlaybackSecond(host.page)
  await host.page.getByRole('slider', { name: 'Position' }).focus()
  await host.page.keyboard.press('PageUp')
  await waitUntilInSync(before + 11)
  await host.page.getByRole('button', { name: 'Pause' }).click()
  await waitForPlayer(({ isPaused }) => isPaused)
  await host.page.getByRole('button', { name: 'Play', exact: true }).click()
  await waitForPlayer(({ isPaused }) => !isPaused)
  await host.page.getByRole('button', { name: 'Next' }).click()
  await waitForPlayer(({ trackId }) => trackId === tracks[1]!.id)
  await page.getByRole('button', { name: 'Stop listening along' }).click()
  await waitForPlayer(({ isPaused }) => isPaused)
  await page.getByRole('button', { name: 'Listen along' }).waitFor()
})

t.test('an unreachable Spotify is reported', async t => {
  await page.unroute('https://sdk.scdn.co/**')
  await page.route('https://sdk.scdn.co/**', async route => await route.abort())
  await page.reload()
  await page.getByRole('button', { name: 'Listen along' }).click()
  await page.getByText('Couldn’t load Spotify’s player').waitFor()
  await page.getByRole('button', { name: 'Try again' }).waitFor()
  t.pass('with a button to try again')
})
