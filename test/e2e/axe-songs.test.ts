import type { Page } from 'playwright-core'
import t from 'tap'
import { startServer } from '../server-process.ts'
import { faultsOn } from './axe-faults.ts'
import { arrive, listenTo } from './moves.ts'
import { overflow } from './overflow.ts'
import { choose, openLibrary, songFile, untilReady } from './song-moves.ts'

const phone = { width: 360, height: 740 }
const wide = { width: 1440, height: 900 }
const server = await startServer({ AUTH_GUESTS: 'on', DRAIN_DEADLINE_MS: '1' })
t.teardown(async () => await server.close())
const tide = await songFile('tide.mp3', {
  title: 'Tide over the flats, a title that takes its time',
  artist: 'A Quiet Band',
  album: 'Evenings',
  seconds: 60,
  cover: '#2f5d62'
})
const lamp = await songFile('lamp.mp3', { title: 'Lamp', seconds: 30 })
let screens = 0

for (const colorScheme of ['dark', 'light'] as const) {
  t.test(`axe finds nothing where there are songs, and nothing is cut off, ${colorScheme}`, async t => {
    const host = await arrive(server.url, 'Host', { colorScheme })
    const guest = await arrive(server.url, 'Guest', { colorScheme, viewport: phone })
    t.teardown(async () => await Promise.all([host.close(), guest.close()]))
    const { page } = host
    for (const visitor of [host, guest]) await visitor.page.emulateMedia({ reducedMotion: 'reduce' })
    const clean = async (page: Page, screen: string) => {
      screens++
      for (const size of [phone, wide]) {
        await page.setViewportSize(size)
        t.same(await faultsOn(page), [], `${screen}, ${size.width} px`)
        for (const letters of ['100%', '200%']) {
          t.equal(await overflow(page, letters), 0, `${screen}, ${size.width} px, letters at ${letters}`)
        }
      }
    }

    await openLibrary(page)
    await page.getByRole('heading', { name: 'Bring the music' }).waitFor()
    await clean(page, 'library, no songs yet')
    await page.route('**/v1/songs', () => {}, { times: 1 })
    await page.route('**/v1/songs', async route => await route.abort(), { times: 1 })
    await choose(page, [
      { ...tide, name: 'first.mp3' },
      { ...lamp, name: 'second.mp3' },
      { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('x') }
    ])
    await page.getByRole('region', { name: 'Uploads' }).getByText('did not get through').waitFor()
    await clean(page, 'uploading, and what failed')
    for (const name of ['Cancel', 'Dismiss', 'Dismiss']) {
      await page
        .getByRole('button', { name: new RegExp(`^${name} `) })
        .first()
        .click()
    }
    await page.unrouteAll({ behavior: 'ignoreErrors' })
    await choose(page, [tide, lamp])
    await untilReady(page, 'Lamp')
    await page.getByRole('button', { name: /^Play Tide/ }).click()
    await page.getByRole('listitem', { name: 'Tide' }).locator('[data-position=now]').waitFor()
    await clean(page, 'library')
    await page.getByRole('button', { name: 'More for Lamp' }).click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    await page.getByRole('alertdialog').waitFor()
    await clean(page, 'asked whether to delete a song')
    await page.keyboard.press('Escape')
    await page.getByRole('searchbox').fill('nothing')
    await page.getByText('None of your songs has these words').waitFor()
    await clean(page, 'no song found')
    await page.getByRole('searchbox').fill('')
    await page.getByRole('button', { name: 'Use in show: Lamp' }).click()
    await page.getByText('You have no show yet').waitFor()
    await clean(page, 'no show to use a song in')
    await page.getByRole('button', { name: 'New show' }).click()
    await page.getByRole('row', { name: 'Lamp' }).waitFor()
    await page.getByRole('button', { name: 'Hear yourself' }).waitFor()
    await clean(page, 'green room with songs')
    await page.getByRole('button', { name: 'Add music' }).click()
    await page.getByRole('button', { name: /^Add Tide/ }).click()
    await page.getByText('is in the playlist').waitFor()
    await clean(page, 'adding songs')
    await page.getByRole('button', { name: 'Close', exact: true }).click()
    await page.getByText('All changes are saved').waitFor()

    await page.goto(`${server.url}/library`)
    await page.getByRole('button', { name: /^Use in show: Tide/ }).click()
    await page.getByText('It goes to the end of the playlist of').waitFor()
    await clean(page, 'shows to use a song in')
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /Host’s show/ })
      .click()
    await page.getByText('is in the playlist of').waitFor()
    await clean(page, 'a song is in a show')
    await page.getByRole('link', { name: 'Go to the show' }).click()
    await page.getByRole('button', { name: 'Hear yourself' }).waitFor()
    await page.getByRole('button', { name: 'Go live' }).click()
    await page.getByRole('button', { name: 'Play', exact: true }).click()
    await page.getByText('In your ears').waitFor()
    await clean(page, 'a song on air, in the hands of the host')

    await listenTo(guest, page.url())
    await guest.page.getByRole('region', { name: 'Now playing' }).waitFor()
    await guest.page.getByRole('button', { name: 'Volume' }).click()
    await guest.page.getByRole('slider', { name: 'Voices' }).waitFor()
    await guest.page.getByRole('button', { name: 'Mute songs' }).click()
    await clean(guest.page, 'a song and its volume, for a listener')

    await guest.page.goto(`${server.url}/sign-in`)
    await guest.page.getByRole('button', { name: 'Listen as a guest' }).click()
    await guest.page.getByRole('heading', { name: 'Live now' }).waitFor()
    t.equal(await guest.page.getByRole('link', { name: 'Your songs' }).count(), 0, 'guests keep no songs')
    await guest.page.goto(`${server.url}/library`)
    await guest.page.getByText('Guests listen').waitFor()
    await clean(guest.page, 'the library of a guest')
    await guest.page.getByRole('link', { name: 'Settings' }).click()
    await page.getByRole('button', { name: 'End show' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'End show' }).click()
    await page.getByText('Thanks for being here').waitFor()
  })
}

t.test('every screen was looked at in both themes', async t => {
  t.equal(screens, 26)
})
