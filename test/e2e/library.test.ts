import type { Page } from 'playwright-core'
import t from 'tap'
import { startServer } from '../server-process.ts'
import { arrive, listenTo } from './moves.ts'
import { secondOn } from './spotify-moves.ts'
import { choose, openLibrary, songFile, untilReady } from './song-moves.ts'

const server = await startServer({ LIMIT_UPLOAD_BYTES: '3000000', DRAIN_DEADLINE_MS: '1' })
const host = await arrive(server.url, 'Host')
const { page } = host
t.teardown(async () => {
  await host.close()
  await server.close()
})

const tide = await songFile('tide.mp3', {
  title: 'Tide',
  artist: 'A Quiet Band',
  album: 'Evenings',
  seconds: 60,
  cover: '#2f5d62'
})
const lamp = await songFile('lamp.mp3', { title: 'Lamp', seconds: 30 })

/** Drops files onto the page, as a hand does. */
async function drop(page: Page, files: { name: string; mimeType: string; buffer: Buffer }[]): Promise<void> {
  const transfer = await page.evaluateHandle(
    sent => {
      const transfer = new DataTransfer()
      for (const { name, type, bytes } of sent) {
        transfer.items.add(new File([Uint8Array.from(atob(bytes), letter => letter.charCodeAt(0))], name, { type }))
      }
      return transfer
    },
    files.map(({ name, mimeType, buffer }) => ({ name, type: mimeType, bytes: buffer.toString('base64') }))
  )
  await page.dispatchEvent('header', 'dragover', { dataTransfer: transfer })
  await page.getByText('Let go to upload').waitFor()
  await page.dispatchEvent('header', 'drop', { dataTransfer: transfer })
}

/** Waits until what plays is at this second or later. */
async function untilSecond(page: Page, second: number): Promise<void> {
  while ((await secondOn(page)) < second) await page.waitForTimeout(50)
}

t.test('files are dropped anywhere; what is wrong with one is said before it is sent', async t => {
  await openLibrary(page)
  await page.getByRole('heading', { name: 'Bring the music' }).waitFor()
  const sent: string[] = []
  const asked = { lists: 0, spaces: 0 }
  page.on('request', request => {
    const { pathname } = new URL(request.url())
    if (request.method() === 'POST' && pathname === '/v1/songs') sent.push(pathname)
    if (request.method() === 'GET' && pathname === '/v1/songs') asked.lists++
    if (pathname === '/v1/songs/space') asked.spaces++
  })
  await drop(page, [
    tide,
    lamp,
    { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('x') },
    { name: 'long.wav', mimeType: 'audio/wav', buffer: Buffer.alloc(3_000_001) }
  ])
  await page.getByText('This is not a sound file we can read').waitFor()
  await page.getByText('one may have 2.9 MB').waitFor()
  await untilReady(page, 'Tide')
  await untilReady(page, 'Lamp')
  t.equal(sent.length, 2)
  t.ok(
    asked.spaces <= asked.lists + 1,
    `the room that is left is asked once for each list that came: ${asked.spaces} times for ${asked.lists}`
  )
  t.match(await page.getByRole('listitem', { name: 'Tide' }).innerText(), /A Quiet Band · Evenings[^]*1:00/)
  await page.getByRole('button', { name: 'Dismiss notes.txt' }).click()
  await page.getByRole('button', { name: 'Dismiss long.wav' }).click()
  await page.getByRole('region', { name: 'Uploads' }).waitFor({ state: 'detached' })
  t.equal(
    await page.evaluate(() => document.activeElement?.textContent),
    'Your songs',
    "the focus is on the page's heading"
  )
})

t.test('an upload that did not get through is tried again', async t => {
  await page.route('**/v1/songs', async route => await route.abort(), { times: 1 })
  await choose(page, [{ ...lamp, name: 'again.mp3' }])
  await page.getByRole('region', { name: 'Uploads' }).getByText('The file did not get through').waitFor()
  await page.getByRole('button', { name: 'Try again: again.mp3' }).click()
  await page.getByRole('region', { name: 'Uploads' }).waitFor({ state: 'detached', timeout: 60_000 })
  while ((await page.getByRole('listitem', { name: 'Lamp' }).count()) !== 2) await page.waitForTimeout(50)
  t.pass('it is there')
})

t.test('what turns out to be no sound says so, and goes from the server when it is dismissed', async t => {
  await choose(page, [
    {
      name: 'broken.mp3',
      mimeType: 'audio/mpeg',
      buffer: Buffer.from(`ID3\x04\x00\x00\x00\x00\x00\x00${'x'.repeat(5000)}`)
    }
  ])
  await page.getByRole('region', { name: 'Uploads' }).getByText('There is no sound in it').waitFor({ timeout: 60_000 })
  const deleted = page.waitForResponse(response => response.request().method() === 'DELETE')
  await page.getByRole('button', { name: 'Dismiss broken.mp3' }).click()
  t.equal((await deleted).status(), 204)
})

t.test('a song is heard, sought in by the waveform; one plays at a time', async t => {
  await page.getByRole('button', { name: 'Play Tide' }).click()
  await untilSecond(page, 1)
  const position = page.getByRole('slider', { name: 'Position in Tide' })
  await position.focus()
  await page.keyboard.press('PageUp')
  await untilSecond(page, 6)
  t.ok((await secondOn(page)) >= 6, 'further on')
  await page
    .getByRole('button', { name: /^Play Lamp/ })
    .first()
    .click()
  await page.getByRole('button', { name: 'Play Tide' }).waitFor()
  t.equal(await page.getByRole('button', { name: /^Pause/ }).count(), 1)
  await page.getByRole('button', { name: /^Pause/ }).click()
})

t.test('search finds by beginnings of words, and says when it does not', async t => {
  const search = page.getByRole('searchbox', { name: 'Search your songs' })
  await search.fill('quiet')
  await page.getByRole('listitem', { name: 'Lamp' }).first().waitFor({ state: 'detached' })
  t.equal(await page.getByRole('listitem', { name: 'Tide' }).count(), 1)
  await search.fill('nothing at all')
  await page.getByText('None of your songs has these words').waitFor()
  await search.fill('')
  await page.getByRole('listitem', { name: 'Lamp' }).first().waitFor()
})

t.test("a song goes into a new show and on air, where it can't be deleted; then it can", async t => {
  await page.getByRole('button', { name: 'Use in show: Tide' }).click()
  await page.getByRole('button', { name: 'New show' }).click()
  await page.getByRole('row', { name: 'Tide' }).waitFor()
  t.pass('the playlist begins with it')
  await page.getByRole('button', { name: 'Play Tide' }).click()
  await page.getByRole('button', { name: 'Pause Tide' }).click()
  const address = page.url()
  await page.getByRole('link', { name: 'Your songs' }).click()
  await page
    .getByRole('button', { name: /^Use in show: Lamp/ })
    .first()
    .click()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /Host’s show/ })
    .click()
  await page.getByText('is in the playlist of').waitFor()
  await page.getByRole('link', { name: 'Go to the show' }).click()
  await page.getByRole('row', { name: 'Lamp' }).waitFor()
  await page.getByRole('button', { name: 'Hear yourself' }).waitFor()
  await page.getByRole('button', { name: 'Go live' }).click()
  await page.getByRole('button', { name: 'Play', exact: true }).click()
  await page.getByRole('group', { name: 'Now playing' }).getByText('In your ears').waitFor()

  const listener = await arrive(server.url, 'Listener', { viewport: { width: 360, height: 740 } })
  t.teardown(async () => await listener.close())
  await listenTo(listener, address)
  await listener.page.getByRole('region', { name: 'Now playing' }).getByText('Tide').waitFor()
  await untilSecond(listener.page, 2)
  const session = await listener.page.evaluate(() => ({
    title: navigator.mediaSession.metadata?.title,
    artist: navigator.mediaSession.metadata?.artist,
    artwork: navigator.mediaSession.metadata?.artwork.length
  }))
  t.same(session, { title: 'Tide', artist: 'A Quiet Band', artwork: 1 })

  // On stage, another page opens beside the show.
  const opening = page.waitForEvent('popup')
  await page.getByRole('link', { name: 'Your songs' }).click()
  const second = await opening
  t.equal(page.url(), address)
  await second.getByRole('button', { name: 'More for Tide' }).click()
  await second.getByRole('menuitem', { name: 'Delete' }).click()
  await second.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click()
  await second.getByText('“Tide” is on air').waitFor()
  await page.getByRole('button', { name: 'Next', exact: true }).click()
  await page.getByRole('group', { name: 'Now playing' }).getByText('Lamp').waitFor()
  await second.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click()
  await second.getByRole('listitem', { name: 'Tide' }).waitFor({ state: 'detached' })
  await page.getByText('Can’t be played any more').waitFor()
  t.pass('and the playlist says so')
})

t.test("a part that can't be loaded does not take the show with it", async t => {
  const listener = await arrive(server.url, 'Third')
  t.teardown(async () => await listener.close())
  await listenTo(listener, page.url())
  await listener.page.route('**/assets/**', async route => await route.abort())
  await listener.page.getByRole('button', { name: 'Volume' }).click()
  await listener.page.getByText('This part can’t be shown just now').waitFor()
  t.ok(await listener.page.getByRole('button', { name: 'Leave' }).isVisible())
  await listener.page.unrouteAll()
  await listener.page.getByRole('button', { name: 'Load the page again' }).click()
  await listener.page.getByRole('button', { name: 'Volume' }).click()
  await listener.page.getByRole('slider', { name: 'Songs' }).waitFor()
})

t.test("how loud songs and voices are is one's own, is kept, and reaches what is heard", async t => {
  const listener = await arrive(server.url, 'Another')
  t.teardown(async () => await listener.close())
  await listenTo(listener, page.url())
  await listener.page.getByRole('button', { name: 'Volume' }).click()
  const songs = listener.page.getByRole('slider', { name: 'Songs' })
  await songs.focus()
  await listener.page.keyboard.press('Home')
  for (let times = 0; times < 6; times++) await listener.page.keyboard.press('ArrowRight')
  t.equal(await songs.inputValue(), '0.3')
  await listener.page.getByRole('button', { name: 'Mute voices' }).click()
  await listener.page.keyboard.press('Escape')
  await listener.page.getByRole('group', { name: 'Volume' }).waitFor({ state: 'detached' })
  await listener.page.reload()
  await listener.page.getByRole('button', { name: 'Volume' }).click()
  t.equal(await listener.page.getByRole('slider', { name: 'Songs' }).inputValue(), '0.3')
  t.equal(await listener.page.getByRole('button', { name: 'Mute voices' }).getAttribute('aria-pressed'), 'true')
})
