import type { Page } from 'playwright-core'
import t from 'tap'
import { startServer } from '../server-process.ts'
import { checkScreen, desktop, phone } from './accessibility.ts'
import { signInVisitor, joinShow } from './show-steps.ts'
import { chooseFiles, openLibrary, makeSongFile, waitUntilReady } from './song-steps.ts'

const server = await startServer({ AUTH_GUESTS: 'on', DRAIN_DEADLINE_MS: '1' })
t.teardown(async () => await server.close())
const tide = await makeSongFile('tide.mp3', {
  title: 'Tide over the flats, a title that takes its time',
  artist: 'A Quiet Band',
  album: 'Evenings',
  seconds: 60,
  cover: '#2f5d62'
})
const lamp = await makeSongFile('lamp.mp3', { title: 'Lamp', seconds: 30 })

t.test('axe finds no violations on the screens with songs, and nothing overflows', async t => {
  const host = await signInVisitor(server.url, 'Host')
  const guest = await signInVisitor(server.url, 'Guest', { viewport: phone })
  t.teardown(async () => await Promise.all([host.close(), guest.close()]))
  const { page } = host
  const check = async (page: Page, screen: string) => await checkScreen(t, page, screen, [phone, desktop])

  await openLibrary(page)
  await page.getByRole('heading', { name: 'Bring your music' }).waitFor()
  await check(page, 'library, no songs yet')
  // This route stays: Playwright continues a request that a used-up route holds when the last route is gone.
  await page.route('**/v1/songs', () => {})
  await page.route('**/v1/songs', async route => await route.abort(), { times: 1 })
  await chooseFiles(page, [
    { ...tide, name: 'first.mp3' },
    { ...lamp, name: 'second.mp3' },
    { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('x') }
  ])
  await page.getByRole('region', { name: 'Uploads' }).getByText('The upload failed').waitFor()
  await check(page, 'uploading, with failed files')
  for (const name of ['Cancel', 'Dismiss', 'Dismiss']) {
    await page
      .getByRole('button', { name: new RegExp(`^${name} `) })
      .first()
      .click()
  }
  await page.unrouteAll({ behavior: 'ignoreErrors' })
  await chooseFiles(page, [tide, lamp])
  await waitUntilReady(page, 'Lamp')
  await page.getByRole('button', { name: /^Play Tide/ }).click()
  await page.getByRole('listitem', { name: 'Tide' }).locator('[data-position=now]').waitFor()
  await check(page, 'library')
  await page.getByRole('button', { name: 'More options for Lamp' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await page.getByRole('alertdialog').waitFor()
  await check(page, 'confirming to delete a song')
  await page.keyboard.press('Escape')
  await page.getByRole('searchbox').fill('nothing')
  await page.getByText('No songs found').waitFor()
  await check(page, 'no song found')
  await page.getByRole('searchbox').fill('')
  await page.getByRole('button', { name: 'Add to show: Lamp' }).click()
  await page.getByText('You don’t have a show to add it to yet').waitFor()
  await check(page, 'no show to add a song to')
  await page.getByRole('button', { name: 'New show' }).click()
  await page.getByRole('row', { name: 'Lamp' }).waitFor()
  await page.getByRole('button', { name: 'Hear yourself' }).waitFor()
  await check(page, 'green room with songs')
  await page.getByRole('button', { name: 'Add music' }).click()
  await page.getByRole('button', { name: /^Add Tide/ }).click()
  await page.getByText('Added Tide').waitFor()
  await check(page, 'adding songs')
  await page.getByRole('button', { name: 'Close', exact: true }).click()
  await page.getByText('All changes saved').waitFor()

  await page.goto(`${server.url}/library`)
  await page.getByRole('button', { name: /^Add to show: Tide/ }).click()
  await page.getByText('The song goes to the end of its playlist').waitFor()
  await check(page, 'shows to add a song to')
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /Host’s show/ })
    .click()
  await page.getByText('was added to').waitFor()
  await check(page, 'a song was added to a show')
  await page.getByRole('link', { name: 'Go to the show' }).click()
  await page.getByRole('button', { name: 'Hear yourself' }).waitFor()
  await page.getByRole('button', { name: 'Go live' }).click()
  await page.getByRole('button', { name: 'Play', exact: true }).click()
  await page.getByText('Your volume').waitFor()
  await check(page, 'a song on air, for the host')

  await joinShow(guest, page.url())
  await guest.page.getByRole('region', { name: 'Now playing' }).waitFor()
  await guest.page.getByRole('button', { name: 'Volume' }).click()
  await guest.page.getByRole('slider', { name: 'Voices' }).waitFor()
  await guest.page.getByRole('button', { name: 'Mute songs' }).click()
  await check(guest.page, 'a song and its volume, for a listener')

  await guest.page.goto(`${server.url}/sign-in`)
  await guest.page.getByRole('button', { name: 'Listen as a guest' }).click()
  await guest.page.getByRole('heading', { name: 'Live now' }).waitFor()
  t.equal(await guest.page.getByRole('link', { name: 'Your songs' }).count(), 0, 'guests have no library')
  await guest.page.goto(`${server.url}/library`)
  await guest.page.getByText('Guests can only listen').waitFor()
  await check(guest.page, 'the library of a guest')
  await guest.page.getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('button', { name: 'End show' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'End show' }).click()
  await page.getByText('Thanks for being here').waitFor()
})
