import type { Page } from 'playwright-core'
import t from 'tap'
import { testAtNight } from '../depth.ts'
import { startServer } from '../server-process.ts'
import { waitForFocus } from './keyboard-steps.ts'
import { signInVisitor, joinShow } from './show-steps.ts'
import { readPlaybackSecond } from './spotify-steps.ts'
import { chooseFiles, openLibrary, makeSongFile, waitUntilReady } from './song-steps.ts'

const server = await startServer({ LIMIT_UPLOAD_BYTES: '3000000', DRAIN_DEADLINE_MS: '1' })
const host = await signInVisitor(server.url, 'Host')
const { page } = host
t.teardown(async () => {
  await host.close()
  await server.close()
})

const tide = await makeSongFile('tide.mp3', {
  title: 'Tide',
  artist: 'A Quiet Band',
  album: 'Evenings',
  seconds: 60,
  cover: '#2f5d62'
})
const lamp = await makeSongFile('lamp.mp3', { title: 'Lamp', seconds: 30 })

/** Drops files onto the page with the mouse events of a real drop. */
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
  await page.getByText('Drop to upload').waitFor()
  await page.dispatchEvent('header', 'drop', { dataTransfer: transfer })
}

/** Waits until the playback has reached a position. */
async function waitUntilSecond(page: Page, second: number): Promise<void> {
  while ((await readPlaybackSecond(page)) < second) await page.waitForTimeout(50)
}

t.test('files can be dropped anywhere, and invalid ones are refused before they are sent', async t => {
  // Before the limits are known, only the server refuses files.
  await openLibrary(page)
  await page.getByRole('heading', { name: 'Bring your music' }).waitFor()
  await page.getByText('up to 2.9 MB each').waitFor()
  const requests = { uploads: 0, lists: 0, spaces: 0 }
  page.on('request', request => {
    const { pathname } = new URL(request.url())
    if (request.method() === 'POST' && pathname === '/v1/songs') requests.uploads++
    if (request.method() === 'GET' && pathname === '/v1/songs') requests.lists++
    if (pathname === '/v1/songs/space') requests.spaces++
  })
  await drop(page, [
    tide,
    lamp,
    { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('x') },
    { name: 'long.wav', mimeType: 'audio/wav', buffer: Buffer.alloc(3_000_001) }
  ])
  // The announcement for screen readers may hold the same words for a moment.
  const uploads = page.getByRole('region', { name: 'Uploads' })
  await uploads.getByText('This isn’t an audio file we can read').waitFor()
  await uploads.getByText('The limit is 2.9 MB').waitFor()
  await waitUntilReady(page, 'Tide')
  await waitUntilReady(page, 'Lamp')
  t.equal(requests.uploads, 2)
  t.ok(
    requests.spaces <= requests.lists + 1,
    `the space is loaded at most once per list: ${requests.spaces} times for ${requests.lists} lists`
  )
  t.match(await page.getByRole('listitem', { name: 'Tide' }).innerText(), /A Quiet Band · Evenings[^]*1:00/)
  await page.getByRole('button', { name: 'Dismiss notes.txt' }).click()
  await page.getByRole('button', { name: 'Dismiss long.wav' }).click()
  await uploads.waitFor({ state: 'detached' })
  await waitForFocus(page, /Your songs/)
  t.equal(await page.evaluate(() => document.activeElement?.textContent), 'Your songs', 'the heading has the focus')
})

t.test('an upload that failed in transit can be tried again', async t => {
  let isFirst = true
  await page.route('**/v1/songs', async route => {
    if (route.request().method() !== 'POST' || !isFirst) return await route.continue()
    isFirst = false
    await route.abort()
  })
  await chooseFiles(page, [{ ...lamp, name: 'again.mp3' }])
  await page.getByRole('region', { name: 'Uploads' }).getByText('The upload failed').waitFor()
  await page.getByRole('button', { name: 'Try again: again.mp3' }).click()
  await page.getByRole('region', { name: 'Uploads' }).waitFor({ state: 'detached', timeout: 60_000 })
  while ((await page.getByRole('listitem', { name: 'Lamp' }).count()) !== 2) await page.waitForTimeout(50)
  t.pass('the song is in the library')
})

t.test('a file without audio is reported, and dismissing it deletes it from the server', async t => {
  await chooseFiles(page, [
    {
      name: 'broken.mp3',
      mimeType: 'audio/mpeg',
      buffer: Buffer.from(`ID3\x04\x00\x00\x00\x00\x00\x00${'x'.repeat(5000)}`)
    }
  ])
  await page
    .getByRole('region', { name: 'Uploads' })
    .getByText('This file is damaged or incomplete.')
    .waitFor({ timeout: 60_000 })
  const deleted = page.waitForResponse(response => response.request().method() === 'DELETE')
  await page.getByRole('button', { name: 'Dismiss broken.mp3' }).click()
  t.equal((await deleted).status(), 204)
})

t.test('a preview can be moved on its waveform, and only one plays at a time', async t => {
  await page.getByRole('button', { name: 'Play Tide' }).click()
  await waitUntilSecond(page, 1)
  const position = page.getByRole('slider', { name: 'Position in Tide' })
  await position.focus()
  await page.keyboard.press('PageUp')
  await waitUntilSecond(page, 6)
  t.ok((await readPlaybackSecond(page)) >= 6, 'moved forward')
  await page
    .getByRole('button', { name: /^Play Lamp/ })
    .first()
    .click()
  await page.getByRole('button', { name: 'Play Tide' }).waitFor()
  t.equal(await page.getByRole('button', { name: /^Pause/ }).count(), 1)
  await page.getByRole('button', { name: /^Pause/ }).click()
})

t.test('search finds songs by the beginnings of words, and says when nothing matches', async t => {
  const search = page.getByRole('searchbox', { name: 'Search your songs' })
  await search.fill('quiet')
  await page.getByRole('listitem', { name: 'Lamp' }).first().waitFor({ state: 'detached' })
  t.equal(await page.getByRole('listitem', { name: 'Tide' }).count(), 1)
  await search.fill('nothing at all')
  await page.getByText('No songs found').waitFor()
  await search.fill('')
  await page.getByRole('listitem', { name: 'Lamp' }).first().waitFor()
})

t.test('a song is added to a new show and played, and cannot be deleted while it is on air', async t => {
  await page.getByRole('button', { name: 'Add to show: Tide' }).click()
  await page.getByRole('button', { name: 'New show' }).click()
  await page.getByRole('row', { name: 'Tide' }).waitFor()
  t.pass('the playlist contains the song')
  await page.getByRole('button', { name: 'Play Tide' }).click()
  await page.getByRole('button', { name: 'Pause Tide' }).click()
  const address = page.url()
  await page.getByRole('link', { name: 'Your songs' }).click()
  await page
    .getByRole('button', { name: /^Add to show: Lamp/ })
    .first()
    .click()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /Host’s show/ })
    .click()
  await page.getByText('was added to').waitFor()
  await page.getByRole('link', { name: 'Go to the show' }).click()
  await page.getByRole('row', { name: 'Lamp' }).waitFor()
  await page.getByRole('button', { name: 'Hear yourself' }).waitFor()
  await page.getByRole('button', { name: 'Go live' }).click()
  await page.getByRole('button', { name: 'Play', exact: true }).click()
  await page.getByRole('group', { name: 'Now playing' }).getByText('Your volume').waitFor()

  const listener = await signInVisitor(server.url, 'Listener', { viewport: { width: 360, height: 740 } })
  t.teardown(async () => await listener.close())
  await joinShow(listener, address)
  await listener.page.getByRole('region', { name: 'Now playing' }).getByText('Tide').waitFor()
  await waitUntilSecond(listener.page, 2)
  const session = await listener.page.evaluate(() => ({
    title: navigator.mediaSession.metadata?.title,
    artist: navigator.mediaSession.metadata?.artist,
    artwork: navigator.mediaSession.metadata?.artwork.length
  }))
  t.same(session, { title: 'Tide', artist: 'A Quiet Band', artwork: 1 })

  const second = await host.context.newPage()
  await second.goto(`${server.url}/library`)
  await second.getByRole('button', { name: 'More options for Tide' }).click()
  await second.getByRole('menuitem', { name: 'Delete' }).click()
  await second.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click()
  await second.getByText('“Tide” is on air').waitFor()
  await page.getByRole('button', { name: 'Next', exact: true }).click()
  await page.getByRole('group', { name: 'Now playing' }).getByText('Lamp').waitFor()
  await second.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click()
  await second.getByRole('listitem', { name: 'Tide' }).waitFor({ state: 'detached' })
  await page.getByText('No longer available').waitFor()
  t.pass('the playlist marks it as unavailable')
})

testAtNight(t, 'a part of the page that cannot be loaded does not end the show', async t => {
  const listener = await signInVisitor(server.url, 'Third')
  t.teardown(async () => await listener.close())
  await joinShow(listener, page.url())
  await listener.page.route('**/assets/**', async route => await route.abort())
  await listener.page.getByRole('button', { name: 'Volume' }).click()
  await listener.page.getByText('This part couldn’t be loaded').waitFor()
  t.ok(await listener.page.getByRole('button', { name: 'Leave' }).isVisible())
  await listener.page.unrouteAll()
  await listener.page.getByRole('button', { name: 'Reload the page' }).click()
  await listener.page.getByRole('button', { name: 'Volume' }).click()
  await listener.page.getByRole('slider', { name: 'Songs' }).waitFor()
})

t.test('a listener sets their own volumes, which are kept after reloading', async t => {
  const listener = await signInVisitor(server.url, 'Another')
  t.teardown(async () => await listener.close())
  await joinShow(listener, page.url())
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
