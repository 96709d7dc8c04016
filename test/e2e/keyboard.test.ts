import t from 'tap'
import { startServer } from '../server-process.ts'
import { openVisitor } from './browser.ts'
import { focused, focusComesTo as focusOn, tabTo as tabOn } from './keyboard-moves.ts'
import { arrive, listenTo } from './moves.ts'

const server = await startServer()
const host = await openVisitor()
const guest = await arrive(server.url, 'Guest')
t.teardown(async () => {
  await Promise.all([host.close(), guest.close()])
  await server.close()
})
const { page } = host
page.setDefaultTimeout(20_000)
const { keyboard } = page

const tabTo = async (name: RegExp, key?: 'Tab' | 'Shift+Tab') => await tabOn(page, name, key)
const focusComesTo = async (name: RegExp) => await focusOn(page, name)

t.test('a whole show is hosted by the keyboard alone', async t => {
  await page.goto(`${server.url}/sign-in`)
  await page.getByLabel('Your name').waitFor()
  await tabTo(/Your name/)
  await keyboard.type('Host')
  await keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Live now' }).waitFor()

  await tabTo(/^button Go live/)
  await keyboard.press('Enter')
  await page.getByLabel('Title of the show').waitFor()
  await tabTo(/Title of the show/)
  await keyboard.press('ControlOrMeta+A')
  await keyboard.type('By keyboard')
  await page.getByRole('button', { name: 'Hear yourself' }).waitFor()
  await page.getByText('Your voice comes through').waitFor()
  await tabTo(/^button Go live/)
  await keyboard.press('Enter')
  await page.getByRole('button', { name: 'Mute', exact: true }).waitFor()
  t.pass('live')

  await listenTo(guest, page.url())
  await tabOn(guest.page, /^button Ask to speak/)
  await guest.page.keyboard.press('Enter')
  await focusOn(guest.page, /^button Ask$/)
  await guest.page.keyboard.press('Shift+Tab')
  await guest.page.keyboard.type('A word about keys')
  await guest.page.keyboard.press('Enter')
  await focusOn(guest.page, /^button Take it back/)
  t.pass('a listener asks with a word why, and the focus stays in the bar')
  await page.getByText('A word about keys').waitFor()
  await page.getByRole('button', { name: 'Accept Guest' }).waitFor()
  await tabTo(/Accept Guest/)
  await keyboard.press('Space')
  await focusOn(guest.page, /^button Turn on your microphone/)
  t.pass('a request accepted')

  for (const text of ['First words', 'Second words']) {
    await tabTo(/Your comment/)
    await keyboard.type(text)
    await keyboard.press('Enter')
    await guest.page.getByText(text, { exact: true }).waitFor()
  }
  t.match(await focused(page), /Your comment/, 'ready to write on')

  // One stop of the Tab key: the newest comment; the arrows go to the others.
  await tabTo(/More for the comment of Host/, 'Shift+Tab')
  await keyboard.press('ArrowUp')
  await keyboard.press('Enter')
  await page.getByRole('menuitem', { name: 'Delete comment' }).waitFor()
  await focusComesTo(/^menuitem Delete comment/)
  t.pass('the menu has the focus')
  await keyboard.press('Enter')
  await guest.page.getByText('First words', { exact: true }).waitFor({ state: 'detached' })
  t.equal(await guest.page.getByText('Second words', { exact: true }).count(), 1)
  await page.getByText('First words', { exact: true }).waitFor({ state: 'detached' })
  await focusComesTo(/Second words/)
  t.pass('the focus stays in the list when its comment goes')

  await tabTo(/^button Tools/, 'Shift+Tab')
  await keyboard.press('Enter')
  await page.getByRole('tab', { name: 'People' }).waitFor()
  await tabTo(/^tab People/)
  await keyboard.press('ArrowRight')
  await page.getByRole('tab', { name: 'Rules', selected: true }).waitFor()
  await keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await focusComesTo(/^button Tools/)
  t.pass('back where one was')

  await tabTo(/^button End show/)
  await keyboard.press('Enter')
  await page.getByRole('alertdialog').waitFor()
  await tabTo(/^button End show/)
  await keyboard.press('Enter')
  await page.getByText('Thanks for being here').waitFor()
  t.pass('ended')
})
