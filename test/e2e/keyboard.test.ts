import t from 'tap'
import { startServer } from '../server-process.ts'
import { openVisitor } from './browser.ts'
import { describeFocus, tabTo, waitForFocus } from './keyboard-steps.ts'
import { signInVisitor, joinShow } from './show-steps.ts'

const server = await startServer()
const host = await openVisitor()
const guest = await signInVisitor(server.url, 'Guest')
t.teardown(async () => {
  await Promise.all([host.close(), guest.close()])
  await server.close()
})
const { page } = host
page.setDefaultTimeout(20_000)
const { keyboard } = page

t.test('a whole show can be hosted with the keyboard alone', async t => {
  await page.goto(`${server.url}/sign-in`)
  await page.getByLabel('Your name').waitFor()
  await tabTo(page, /Your name/)
  await keyboard.type('Host')
  await keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Live now' }).waitFor()

  await tabTo(page, /^button Go live/)
  await keyboard.press('Enter')
  await page.getByLabel('Show title').waitFor()
  await tabTo(page, /Show title/)
  await keyboard.press('ControlOrMeta+A')
  await keyboard.type('By keyboard')
  await page.getByRole('button', { name: 'Hear yourself' }).waitFor()
  await page.getByText('We can hear you').waitFor()
  await tabTo(page, /^button Go live/)
  await keyboard.press('Enter')
  await page.getByRole('button', { name: 'Mute', exact: true }).waitFor()
  t.pass('live')

  await joinShow(guest, page.url())
  await tabTo(guest.page, /^button Request to speak/)
  await guest.page.keyboard.press('Enter')
  await waitForFocus(guest.page, /^button Send request/)
  await guest.page.keyboard.press('Shift+Tab')
  await guest.page.keyboard.type('A word about keys')
  await guest.page.keyboard.press('Enter')
  await waitForFocus(guest.page, /^button Cancel request/)
  t.pass('a listener sends a request with a reason, and the focus stays in the bar')
  await page.getByText('A word about keys').waitFor()
  await page.getByRole('button', { name: 'Accept Guest' }).waitFor()
  await tabTo(page, /Accept Guest/)
  await keyboard.press('Space')
  await waitForFocus(guest.page, /^button Turn on your microphone/)
  t.pass('a request accepted')

  for (const text of ['First words', 'Second words']) {
    await tabTo(page, /Your comment/)
    await keyboard.type(text)
    await keyboard.press('Enter')
    await guest.page.getByText(text, { exact: true }).waitFor()
  }
  t.match(await describeFocus(page), /Your comment/, 'the field keeps the focus')

  // The list is one Tab stop, at the newest comment. The arrow keys move to the others.
  await tabTo(page, /More options for Host’s comment/, 'Shift+Tab')
  await keyboard.press('ArrowUp')
  await keyboard.press('Enter')
  await page.getByRole('menuitem', { name: 'Delete comment' }).waitFor()
  await waitForFocus(page, /^menuitem /)
  t.pass('the menu has the focus')
  await tabTo(page, /^menuitem Delete comment/, 'ArrowDown')
  await keyboard.press('Enter')
  await guest.page.getByText('First words', { exact: true }).waitFor({ state: 'detached' })
  t.equal(await guest.page.getByText('Second words', { exact: true }).count(), 1)
  await page.getByText('First words', { exact: true }).waitFor({ state: 'detached' })
  await waitForFocus(page, /Second words/)
  t.pass('the list keeps the focus when a focused comment is deleted')

  await tabTo(page, /^button Tools/, 'Shift+Tab')
  await keyboard.press('Enter')
  await page.getByRole('tab', { name: 'People' }).waitFor()
  await tabTo(page, /^tab People/)
  await keyboard.press('ArrowRight')
  await page.getByRole('tab', { name: 'Rules', selected: true }).waitFor()
  await keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await waitForFocus(page, /^button Tools/)
  t.pass('closing the panel restores the focus')

  await tabTo(page, /^button End show/)
  await keyboard.press('Enter')
  await page.getByRole('alertdialog').waitFor()
  await tabTo(page, /^button End show/)
  await keyboard.press('Enter')
  await page.getByText('Thanks for being here').waitFor()
  t.pass('ended')
})
