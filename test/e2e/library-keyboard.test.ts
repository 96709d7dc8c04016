import t from 'tap'
import { startServer } from '../server-process.ts'
import { arrive } from './moves.ts'
import { focusComesTo, tabTo } from './keyboard-moves.ts'
import { songFile, untilReady } from './song-moves.ts'
import { secondOn } from './spotify-moves.ts'

const server = await startServer({ DRAIN_DEADLINE_MS: '1' })
const { page, close } = await arrive(server.url, 'Host')
t.teardown(async () => {
  await close()
  await server.close()
})
const { keyboard } = page

t.test('songs are uploaded, put into a playlist and played by the keyboard alone', async t => {
  await tabTo(page, /^a Your songs/)
  await keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Bring the music' }).waitFor()
  await focusComesTo(page, /^h1 Your songs/)
  // Asked for well before the key: the two go to the browser by ways of their own.
  const choosing = page.waitForEvent('filechooser')
  await tabTo(page, /^button Upload songs/)
  await keyboard.press('Enter')
  await (
    await choosing
  ).setFiles([
    await songFile('tide.mp3', { title: 'Tide', seconds: 90 }),
    await songFile('lamp.mp3', { title: 'Lamp', seconds: 90 }),
    { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('x') }
  ])
  const said = page.getByRole('status').filter({ hasText: /is ready/ })
  await said.waitFor({ state: 'attached', timeout: 60_000 })
  for (const title of ['Tide', 'Lamp']) await untilReady(page, title)
  t.match(await said.innerText(), /(tide|lamp)\.mp3 is ready/, 'and it is said')

  await tabTo(page, /^button Dismiss notes/)
  await keyboard.press('Enter')
  await focusComesTo(page, /^h1 Your songs/)
  await tabTo(page, /^button Play Tide/)
  await keyboard.press('Space')
  await tabTo(page, /Position in Tide/)
  await keyboard.press('PageUp')
  while ((await secondOn(page)) < 9) await page.waitForTimeout(50)
  t.pass('heard, and sought in')

  await tabTo(page, /^button Use in show: Tide/)
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
  await page.getByText('Lamp is in the playlist').waitFor()
  await keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await focusComesTo(page, /^button Add music/)
  await page.getByText('All changes are saved').waitFor()

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
  t.pass('next, and sought in what is on air')
})
