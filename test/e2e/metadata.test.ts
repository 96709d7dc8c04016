import type { Page } from 'playwright-core'
import t from 'tap'
import { startDiscogsStandIn } from '../standins/discogs/server.ts'
import { startLastfmStandIn } from '../standins/lastfm/server.ts'
import { startMusicBrainzStandIn } from '../standins/musicbrainz/server.ts'
import { startServer } from '../server-process.ts'
import { checkScreen, desktop, phone } from './accessibility.ts'
import { joinShow, signInVisitor } from './show-steps.ts'
import { chooseFiles, makeSongFile, openLibrary, waitUntilReady } from './song-steps.ts'

const repositories = [await startMusicBrainzStandIn(), await startDiscogsStandIn(), await startLastfmStandIn()]
const settings = Object.assign({}, ...repositories.map(({ settings }) => settings)) as Record<string, string>
const server = await startServer({
  ...settings,
  METADATA_SOURCES: 'tags,musicbrainz,discogs,lastfm',
  DRAIN_DEADLINE_MS: '1'
})
const host = await signInVisitor(server.url, 'Host')
const { page } = host
t.teardown(async () => {
  await host.close()
  await server.close()
  for (const { close } of repositories) await close()
})

/** The time until all repositories were asked for a song: one call per second each. */
const askingTimeoutMs = 30_000

const artistAddress = '**/v1/artists/*'

const refusal = (status: number, code: string, message: string) => ({
  status,
  json: { statusCode: status, code, message }
})

/** Runs in the page: sums up how far things move that nobody has pressed. */
function observeShifts(): void {
  const shifts: number[] = []
  Object.assign(window, { shifts })
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) {
      const shift = entry as PerformanceEntry & { value: number; hadRecentInput: boolean }
      if (!shift.hadRecentInput) shifts.push(shift.value)
    }
  }).observe({ type: 'layout-shift' })
}

const readShift = async (page: Page): Promise<number> =>
  await page.evaluate(() =>
    ((window as Window & { shifts?: number[] }).shifts ?? []).reduce((sum, one) => sum + one, 0)
  )

const row = (title: string) => page.getByRole('listitem', { name: title, exact: true })

t.test(
  'what was found for a song without tags appears at its row, in its place, and is accepted with one tap',
  async t => {
    await openLibrary(page)
    await page.getByRole('heading', { name: 'Bring your music' }).waitFor()
    for (const { state } of repositories) state.delayMs = 1500
    await chooseFiles(page, [
      await makeSongFile('First Light.mp3', { seconds: 5 }),
      await makeSongFile('Nothing like it.mp3', { seconds: 5 })
    ])
    for (const title of ['First Light', 'Nothing like it']) await waitUntilReady(page, title)
    await row('First Light').getByText('No suggestions yet').waitFor()
    await page.evaluate(observeShifts)
    await row('First Light')
      .getByText(/ found$/)
      .waitFor({ timeout: askingTimeoutMs })
    for (const { state } of repositories) state.delayMs = 0
    t.equal(await readShift(page), 0, 'nothing has moved')
    t.match(await row('First Light').innerText(), /Unknown artist[^]*The Quiet Lanterns/)
    await row('First Light')
      .getByRole('button', { name: /^Accept/ })
      .click()
    await row('First Light')
      .getByText(/^Artist.* added$/)
      .waitFor()
    t.match(await row('First Light').innerText(), /First Light\s+The Quiet Lanterns/)
    await page.reload()
    await row('First Light').waitFor()
    t.match(await row('First Light').innerText(), /First Light\s+The Quiet Lanterns/, 'after reloading too')
  }
)

t.test('an acceptance can be undone, and what was undone can be accepted again', async () => {
  await chooseFiles(page, [await makeSongFile('Low Tide.mp3', { seconds: 5 })])
  await waitUntilReady(page, 'Low Tide')
  for (let times = 0; times < 2; times++) {
    await row('Low Tide')
      .getByText(/ found$/)
      .waitFor({ timeout: askingTimeoutMs })
    await row('Low Tide')
      .getByRole('button', { name: /^Accept/ })
      .click()
    await row('Low Tide').getByText('The Quiet Lanterns').first().waitFor()
    await row('Low Tide').getByRole('button', { name: /^Undo/ }).click()
    await row('Low Tide').getByText('Unknown artist').waitFor()
  }
})

t.test('details show the source of each value, and what was rejected does not come back', async t => {
  await chooseFiles(page, [await makeSongFile('Night Bus.mp3', { seconds: 5 })])
  await waitUntilReady(page, 'Night Bus')
  await row('Night Bus')
    .getByText(/ found$/)
    .waitFor({ timeout: askingTimeoutMs })
  const dialog = page.getByRole('dialog')
  await row('Night Bus')
    .getByRole('button', { name: /^Compare/ })
    .click()
  const card = dialog.getByRole('article', { name: 'Suggestion from MusicBrainz' })
  await card.waitFor({ timeout: askingTimeoutMs })
  const credit = card.getByRole('link', { name: /Data from MusicBrainz/ })
  t.match(await credit.getAttribute('href'), /^https:\/\/musicbrainz\.org\//)
  t.equal(await credit.getAttribute('rel'), 'noopener noreferrer')
  await card.getByRole('button', { name: /^Use artist/ }).click()
  await dialog
    .locator('dl')
    .getByRole('link', { name: /Data from MusicBrainz/ })
    .waitFor()
  await dialog.getByRole('button', { name: 'Not this song: MusicBrainz' }).click()
  await card.waitFor({ state: 'detached' })

  await dialog.getByRole('button', { name: 'Edit' }).click()
  await dialog.getByRole('textbox', { name: 'Album' }).fill('Typed by hand')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.getByText('Typed by you', { exact: true }).waitFor()
  await page.keyboard.press('Escape')
  await row('Night Bus').getByText('Orbit & Signal · Typed by hand').waitFor()

  await page.reload()
  await page.getByRole('button', { name: 'More options for Night Bus' }).click()
  await page.getByRole('menuitem', { name: 'Details' }).click()
  await dialog.getByText('Typed by you', { exact: true }).waitFor()
  t.equal(await card.count(), 0)
  await page.keyboard.press('Escape')
})

t.test('the suggestions have a list of their own, with the progress of asking', async t => {
  await page.getByRole('link', { name: /^Suggestions/ }).click()
  await page.getByText('Asked for 4 of 4 songs').waitFor({ timeout: askingTimeoutMs })
  await row('Low Tide').waitFor()
  t.equal(await row('Nothing like it').count(), 0)
})

t.test('a listener opens the card of the artist that plays', async t => {
  await page.goto(`${server.url}/library`)
  await page.getByRole('button', { name: 'Add to show: First Light' }).click()
  await page.getByRole('button', { name: 'New show' }).click()
  await page.getByRole('row', { name: 'First Light' }).waitFor()
  await page.getByRole('button', { name: 'Hear yourself' }).waitFor()
  await page.getByRole('button', { name: 'Go live' }).click()
  const playback = page.getByRole('group', { name: 'Now playing' })
  await playback.waitFor()
  const listener = await signInVisitor(server.url, 'Listener', { viewport: phone })
  t.teardown(async () => await listener.close())
  await joinShow(listener, page.url())
  await playback.getByRole('button', { name: 'Play', exact: true }).click()
  await playback.getByRole('button', { name: 'Pause' }).click()
  const about = listener.page
    .getByRole('region', { name: 'Now playing' })
    .getByRole('button', { name: 'About The Quiet Lanterns' })
  const dialog = listener.page.getByRole('dialog')

  await t.test('with its sources', async t => {
    await about.click()
    await dialog.getByRole('heading', { name: 'The Quiet Lanterns' }).waitFor()
    const credit = dialog.getByRole('link', { name: /MusicBrainz/ }).first()
    await credit.waitFor({ timeout: askingTimeoutMs })
    t.match(await credit.getAttribute('href'), /^https:\/\/musicbrainz\.org\/artist\//)
    t.equal(await dialog.locator('img').count(), 0, 'without pictures')
    await checkScreen(t, listener.page, 'card of an artist', [phone, desktop])
    await listener.page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await listener.page.locator(':focus', { hasText: 'About The Quiet Lanterns' }).waitFor()
    t.match(await listener.page.evaluate(() => document.activeElement?.textContent), /About The Quiet Lanterns/)
  })

  await t.test('while it loads, after a failure, and when nothing is known', async t => {
    const failed = Promise.withResolvers<void>()
    await listener.page.route(artistAddress, async route => {
      await failed.promise
      await route.fulfill(refusal(503, 'UNAVAILABLE', 'Not available right now.'))
    })
    await about.click()
    await dialog.getByText('Loading').waitFor()
    failed.resolve()
    await dialog.getByRole('alert').getByText('Not available right now.').waitFor()
    await checkScreen(t, listener.page, 'card of an artist that cannot be loaded', [phone, desktop])
    await listener.page.unroute(artistAddress)

    await listener.page.route(artistAddress, async route => {
      await route.fulfill(refusal(404, 'NOT_FOUND', 'There is no such artist.'))
    })
    await dialog.getByRole('button', { name: 'Try again' }).press('Enter')
    await dialog.getByText('Nothing is known about this artist yet.').waitFor()
    t.equal(await dialog.getByRole('alert').count(), 0)
    await dialog.locator(':focus').waitFor()
    await checkScreen(t, listener.page, 'card of an unknown artist', [phone, desktop])
    await listener.page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await listener.page.unroute(artistAddress)
  })

  await t.test('until it is dismissed, also when the song is over', async t => {
    await about.click()
    await dialog
      .getByRole('link', { name: /MusicBrainz/ })
      .first()
      .waitFor()
    // Found by its text: the roles of the page behind a dialog are hidden.
    const opener = listener.page.getByText('About The Quiet Lanterns', { exact: true })
    await opener.waitFor()
    await playback.getByRole('button', { name: 'Stop' }).click()
    await opener.waitFor({ state: 'detached' })
    t.ok(await dialog.getByRole('heading', { name: 'The Quiet Lanterns' }).isVisible())
    await dialog.getByRole('button', { name: 'Close' }).click()
    await dialog.waitFor({ state: 'detached' })
    await listener.page.getByRole('heading', { level: 1 }).and(listener.page.locator(':focus')).waitFor()
  })
})
