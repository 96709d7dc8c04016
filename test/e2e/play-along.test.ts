import t from 'tap'
import { startServer } from '../server-process.ts'
import { tracks } from '../standins/spotify/catalogue.ts'
import { startSpotifyStandIn } from '../standins/spotify/server.ts'
import { putFakePlayer, type FakePlayer } from './fake-spotify-player.ts'
import { arrive, goLive, listenTo } from './moves.ts'
import { addAll, agree, linkSpotify, secondOn } from './spotify-moves.ts'

const spotify = await startSpotifyStandIn()
const server = await startServer({ ...spotify.settings, SPOTIFY_PLAYER: 'on', DRAIN_DEADLINE_MS: '1' })
const host = await arrive(server.url, 'Host')
const guest = await arrive(server.url, 'Guest')
t.teardown(async () => {
  await Promise.all([host.close(), guest.close()])
  await server.close()
  await spotify.close()
})
const { page } = guest

t.test('who turns it on hears the show in their own Spotify, at the same second', async t => {
  await linkSpotify(host, server.url, 'listener1')
  await host.page.goto(server.url)
  const address = await goLive(host, 'Together')
  await addAll(host.page, /Opening set/)
  const player = await putFakePlayer(page)
  const untilPlayer = async (fits: (now: FakePlayer) => boolean) => {
    while (!fits(await player.now())) await page.waitForTimeout(50)
  }
  await listenTo(guest, address)
  t.equal(
    await page.getByRole('region', { name: 'Play along' }).count(),
    0,
    "not offered where nothing of Spotify's plays"
  )
  await host.page.getByRole('button', { name: 'Play', exact: true }).click()

  await page.getByRole('button', { name: 'Play along' }).click()
  await page.getByText('Spotify needs your leave to play here').waitFor()
  t.same(player.loads, [], "nothing of Spotify's is loaded without leave")
  await page.getByRole('button', { name: 'Link Spotify with its player' }).click()
  await agree(page, 'listener2')
  await page.getByRole('button', { name: 'Play along' }).waitFor()
  t.equal(page.url(), address, 'back in the show')
  t.same(player.loads, [], 'nor before a tap')
  await page.getByRole('button', { name: 'Play along' }).click()
  await page.getByText('It plays here').waitFor()
  t.same(player.loads, ['https://sdk.scdn.co/spotify-player.js'])
  await untilPlayer(({ trackId, isPaused }) => trackId === tracks[0]!.id && !isPaused)
  // What is shown is a whole second, and up to one more is allowed.
  const untilTogether = async (fromSecond: number) => {
    for (;;) {
      const [second, { positionMs }] = [await secondOn(page), await player.now()]
      if (second >= fromSecond && Math.abs(second * 1000 + 500 - positionMs) <= 1500) return
      await page.waitForTimeout(50)
    }
  }
  await untilTogether(1)
  const before = await secondOn(host.page)
  await host.page.getByRole('slider', { name: 'Position' }).focus()
  await host.page.keyboard.press('PageUp')
  await untilTogether(before + 11)
  await host.page.getByRole('button', { name: 'Pause' }).click()
  await untilPlayer(({ isPaused }) => isPaused)
  await host.page.getByRole('button', { name: 'Play', exact: true }).click()
  await untilPlayer(({ isPaused }) => !isPaused)
  await host.page.getByRole('button', { name: 'Next' }).click()
  await untilPlayer(({ trackId }) => trackId === tracks[1]!.id)
  await page.getByRole('button', { name: 'Stop playing along' }).click()
  await untilPlayer(({ isPaused }) => isPaused)
  await page.getByRole('button', { name: 'Play along' }).waitFor()
})

t.test("where Spotify can't be reached, it is said", async t => {
  await page.unroute('https://sdk.scdn.co/**')
  await page.route('https://sdk.scdn.co/**', async route => await route.abort())
  await page.reload()
  await page.getByRole('button', { name: 'Play along' }).click()
  await page.getByText('Spotify’s player could not be loaded').waitFor()
  await page.getByRole('button', { name: 'Try again' }).waitFor()
  t.pass('with a way out')
})
