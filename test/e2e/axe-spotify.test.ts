import type { Page } from 'playwright-core'
import t from 'tap'
import { startServer } from '../server-process.ts'
import { startSpotifyStandIn } from '../standins/spotify/server.ts'
import { checkScreen, phone } from './accessibility.ts'
import { signInVisitor, goLive, joinShow } from './show-steps.ts'
import { addWholePlaylist, approveAtSpotify } from './spotify-steps.ts'

t.test('axe finds no violations on the screens with Spotify, and nothing overflows', async t => {
  const spotify = await startSpotifyStandIn()
  const server = await startServer({ ...spotify.settings, SPOTIFY_PLAYER: 'on', DRAIN_DEADLINE_MS: '1' })
  const host = await signInVisitor(server.url, 'Host', { viewport: phone })
  const guest = await signInVisitor(server.url, 'Guest', { viewport: phone })
  t.teardown(async () => {
    await Promise.all([host.close(), guest.close()])
    await server.close()
    await spotify.close()
  })
  const check = async (page: Page, screen: string) => await checkScreen(t, page, screen)
  const { page } = host

  await page.getByRole('button', { name: 'Go live' }).click()
  await page.getByText('No music yet').waitFor()
  await check(page, 'green room, no music yet')
  await page.getByRole('button', { name: 'Add music' }).click()
  await page.getByRole('tab', { name: 'Your Spotify playlists' }).click()
  await page.getByText('isn’t linked yet').waitFor()
  await check(page, 'Spotify not linked')
  await page.getByRole('button', { name: 'Link Spotify' }).click()
  await approveAtSpotify(page, 'listener1')
  await page.getByRole('button', { name: 'Add music' }).click()
  await page.getByRole('button', { name: /Opening set/ }).waitFor()
  await check(page, 'your Spotify playlists')
  await page.getByRole('button', { name: /Opening set/ }).click()
  await page.getByRole('button', { name: 'Add Amber 1' }).waitFor()
  await page.waitForFunction(() => document.activeElement?.textContent === 'Opening set')
  t.pass('the opened playlist has the focus')
  await check(page, 'a Spotify playlist')
  await page.getByRole('button', { name: 'All playlists' }).click()
  await page.waitForFunction(() => document.activeElement?.textContent?.includes('Opening set'))
  t.pass('going back restores the focus')
  await page.getByRole('tab', { name: 'Search Spotify' }).click()
  await page.getByLabel('Title, artist or album').fill('amber')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Add Amber 2' }).click()
  await page.getByText('Added Amber 2').waitFor()
  await check(page, 'searching')
  await page.getByRole('button', { name: 'Close', exact: true }).click()
  await addWholePlaylist(page, /Opening set/)
  await page.getByText('All changes saved').waitFor()
  await check(page, 'green room with a playlist')

  await page.goto(server.url)
  const address = await goLive(host, 'With music')
  await addWholePlaylist(page, /Opening set/)
  await page.getByRole('button', { name: 'Play', exact: true }).click()
  await page.getByRole('button', { name: 'Show the list' }).click()
  await page.getByRole('button', { name: 'Play Harbour 1' }).first().waitFor()
  await check(page, 'live, for the host')
  await joinShow(guest, address)
  await guest.page.getByRole('button', { name: 'Listen along' }).waitFor()
  await check(guest.page, 'now playing, for a listener')
  await guest.page.getByRole('button', { name: 'Listen along' }).click()
  await guest.page.getByText('Spotify needs your permission').waitFor()
  await check(guest.page, 'listening along, without permission')
})
