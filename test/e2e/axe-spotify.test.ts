import type { Page } from 'playwright-core'
import t from 'tap'
import { startServer } from '../server-process.ts'
import { startSpotifyStandIn } from '../standins/spotify/server.ts'
import { faultsOn } from './axe-faults.ts'
import { arrive, goLive, listenTo } from './moves.ts'
import { overflow } from './overflow.ts'
import { addAll, agree } from './spotify-moves.ts'

const phone = { width: 360, height: 740 }

for (const colorScheme of ['dark', 'light'] as const) {
  t.test(`axe finds nothing where there is music, and nothing is cut off, ${colorScheme}`, async t => {
    const spotify = await startSpotifyStandIn()
    const server = await startServer({ ...spotify.settings, SPOTIFY_PLAYER: 'on', DRAIN_DEADLINE_MS: '1' })
    const host = await arrive(server.url, 'Host', { colorScheme, viewport: phone })
    const guest = await arrive(server.url, 'Guest', { colorScheme, viewport: phone })
    t.teardown(async () => {
      await Promise.all([host.close(), guest.close()])
      await server.close()
      await spotify.close()
    })
    for (const { page } of [host, guest]) await page.emulateMedia({ reducedMotion: 'reduce' })
    const clean = async (page: Page, screen: string) => {
      t.same(await faultsOn(page), [], screen)
      for (const size of ['100%', '200%']) t.equal(await overflow(page, size), 0, `${screen}, letters at ${size}`)
    }
    const { page } = host

    await page.getByRole('button', { name: 'Go live' }).click()
    await page.getByText('Nothing yet. Add music').waitFor()
    await clean(page, 'green room, no music yet')
    await page.getByRole('button', { name: 'Add music' }).click()
    await page.getByRole('tab', { name: 'My Spotify playlists' }).click()
    await page.getByText('not linked yet').waitFor()
    await clean(page, 'Spotify not linked')
    await page.getByRole('button', { name: 'Link Spotify' }).click()
    await agree(page, 'listener1')
    await page.getByRole('button', { name: 'Add music' }).click()
    await page.getByRole('button', { name: /Opening set/ }).waitFor()
    await clean(page, 'my Spotify playlists')
    await page.getByRole('button', { name: /Opening set/ }).click()
    await page.getByRole('button', { name: 'Add Amber 1' }).waitFor()
    await page.waitForFunction(() => document.activeElement?.textContent === 'Opening set')
    t.pass('the focus is on what was opened')
    await clean(page, 'a Spotify playlist')
    await page.getByRole('button', { name: 'All playlists' }).click()
    await page.waitForFunction(() => document.activeElement?.textContent?.includes('Opening set'))
    t.pass('and back where it was')
    await page.getByRole('tab', { name: 'Search Spotify' }).click()
    await page.getByLabel('Title, artist or album').fill('amber')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Add Amber 2' }).click()
    await page.getByText('Amber 2 is in the playlist').waitFor()
    await clean(page, 'searching')
    await page.getByRole('button', { name: 'Close', exact: true }).click()
    await addAll(page, /Opening set/)
    await page.getByText('All changes are saved').waitFor()
    await clean(page, 'green room with a playlist')

    await page.goto(server.url)
    const address = await goLive(host, 'With music')
    await addAll(page, /Opening set/)
    await page.getByRole('button', { name: 'Play', exact: true }).click()
    await page.getByRole('button', { name: 'Show the list' }).click()
    await page.getByRole('button', { name: 'Play Harbour 1' }).first().waitFor()
    await clean(page, 'live, in the hands of the host')
    await listenTo(guest, address)
    await guest.page.getByRole('button', { name: 'Play along' }).waitFor()
    await clean(guest.page, 'what plays, for a listener')
    await guest.page.getByRole('button', { name: 'Play along' }).click()
    await guest.page.getByText('Spotify needs your leave').waitFor()
    await clean(guest.page, 'playing along not allowed yet')
  })
}
