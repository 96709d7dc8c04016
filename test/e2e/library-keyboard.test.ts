import t from 'tap'
import { startServer } from '../server-process.ts'
import { signInVisitor } from './show-steps.ts'
import { waitForFocus, tabTo } from './keyboard-steps.ts'
import { makeSongFile, waitUntilReady } from './song-steps.ts'
import { readPlaybackSecond } from './spotify-steps.ts'

const server = await startServer({ DRAIN_DEADLINE_MS: '1' })
const { page, close } = await signInVisitor(server.url, 'Host')
t.teardown(async () => {
  await close()
  await server.close()
})
const { keyboard } = page

t.test('songs can be uploaded, added to a playlist and played with the keyboard alone', async t => {
  await tabTo(page, /^a Your songs/)
  await keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Bring your music' }).waitFor()
  await waitForFocus(page, /^h1 Your songs/)
  // Registered well before the key press: the two reach the browser on different channels.
  const choosing = page.waitForEvent('filechooser')
  await tabTo(page, /^button Upload songs/)
  await keyboard.press('Enter')
  await (
    await choosing
  ).setFiles([
    await makeSongFile('tide.mp3', { title: 'Tide', seconds: 90 }),
    await makeSongFile('lamp.mp3', { title: 'Lamp', seconds: 90 }),
    { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('x') }
  ])
  const announcement = page.getByRole('status').filter({ hasText: /is ready/ })
  await announcement.waitFor({ state: 'attached', timeout: 60_000 })
  for (const title of ['Tide', 'Lamp']) await waitUntilReady(page, title)
  t.match(await announcement.innerText(), /(tide|lamp)\.mp3 is ready/, 'announced to screen readers')

  await tabTo(page, /^button Dismiss notes/)
  await keyboard.press('Enter')
  await waitForFocus(page, /^h1 Your songs/)
  await tabTo(page, /^button Play Tide/)
  await keyboard.press('Space')
  await tabTo(page, /Position in Tide/)
  await keyboard.press('PageUp')
  while ((await readPlaybackSecond(page)) < 9) await page.waitForTimeout(50)
  t.pass('the preview plays and can be moved')

  await tabTo(page, /^button Add to show: Tide/)
  await keyboard.press('Enter')
  await page.getByRole('button', { name: 'New show' }).waitFor()
  await tabTo(page, /^button New show/)
  await keyboard.press('Enter')
  await page.getByRole('row', { name: 'Tide' }).waitFor()
  await tabTo(page, /^button Add music/)
  await keyboard.press('Enter')
  await page.getByRole('button', { name: 'Add Lamp' }).waitFor()
  await tabTo(page, /^button Add Lamp/)
  await keyboard.press('Enter')
  await page.getByText('Added Lamp').waitFor()
  await keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await waitForFocus(page, /^button Add music/)
  await page.getByText('All changes saved').waitFor()

  await page.getByRole('button', { name: 'Hear yourself' }).waitFor()
  await tabTo(page, /^button Go live/, 'Shift+Tab')
  await keyboard.press('Enter')
  await page.getByRole('button', { name: 'Mute', exact: true }).waitFor()
  await tabTo(page, /^button Play$/)
  await keyboard.press('Enter')
  const deck = page.getByRole('group', { name: 'Now playing' })
  await deck.getByText('Tide').waitFor()
  await tabTo(page, /^button Next/)
  await keyboard.press('Enter')
  await deck.getByText('Lamp').waitFor()
  await tabTo(page, /Position/, 'Shift+Tab')
  for (let tenths = 0; tenths < 6; tenths++) await keyboard.press('PageUp')
  await deck.getByText(/^0:[23]\d left/).waitFor()
  t.pass('the next song plays and can be moved')
})
