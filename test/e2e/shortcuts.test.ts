import t from 'tap'
import { startServer } from '../server-process.ts'
import { checkScreen, desktop, phone } from './accessibility.ts'
import { describeFocus, waitForFocus } from './keyboard-steps.ts'
import { goLive, joinShow, signInVisitor } from './show-steps.ts'

const server = await startServer()
const [host, fan] = [await signInVisitor(server.url, 'Host'), await signInVisitor(server.url, 'Fan')]
t.teardown(async () => {
  await Promise.all([host.close(), fan.close()])
  await server.close()
})

t.test('single keys mute, open and focus, and never while somebody types', async t => {
  const { page } = host
  const address = await goLive(host, 'Keys')
  await page.keyboard.press('m')
  await page.getByRole('button', { name: 'Unmute' }).waitFor()
  await page.keyboard.press('Control+m')
  await page.keyboard.press('Shift+M')
  await page.keyboard.press('c')
  await waitForFocus(page, /Your comment/)
  await page.keyboard.type('mmm? rv')
  t.equal(await page.getByLabel('Your comment').inputValue(), 'mmm? rv', 'the letters are typed, the shortcut is not')
  t.equal(await page.getByRole('button', { name: 'Unmute' }).count(), 1, 'and nothing else happens')
  await page.getByRole('heading', { name: 'Keys' }).click()
  await page.keyboard.press('m')
  await page.getByRole('button', { name: 'Mute', exact: true }).waitFor()
  await page.keyboard.press('v')
  await page.getByRole('group', { name: 'Volume' }).waitFor()
  await page.keyboard.press('r')
  await page.getByRole('group', { name: 'Volume' }).waitFor({ state: 'detached' })

  await joinShow(fan, address)
  await fan.page.keyboard.press('s')
  await waitForFocus(fan.page, /^button Request to speak/)
  await fan.page.keyboard.press('m')
  await fan.page.getByRole('button', { name: 'Tap to listen' }).waitFor()
  await fan.page.getByText('Sound paused.').waitFor({ state: 'attached' })
  await fan.page.keyboard.press('m')
  await fan.page.getByRole('button', { name: 'Tap to listen' }).waitFor({ state: 'detached' })
})

t.test('a question mark lists the shortcuts, and they can be switched off', async t => {
  const { page } = fan
  await page.keyboard.press('?')
  const list = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
  await list.getByText('Write a comment').waitFor()
  await checkScreen(t, page, 'list of shortcuts', [phone, desktop])
  await page.keyboard.press('v')
  await list.getByText('Single-key shortcuts').click()
  await list.getByRole('button', { name: 'Close' }).click()
  await list.waitFor({ state: 'detached' })
  t.equal(await page.getByRole('group', { name: 'Volume' }).count(), 0, 'no shortcut works while a dialog is open')
  await page.keyboard.press('m')
  await page.keyboard.press('v')
  await page.keyboard.press('?')
  t.equal(await page.getByRole('dialog').count(), 0)
  t.equal(await page.getByRole('button', { name: 'Tap to listen' }).count(), 0)

  await page.getByRole('link', { name: 'Settings' }).click()
  const section = page.getByRole('region', { name: 'Keyboard shortcuts' })
  t.notOk(await section.getByRole('switch', { name: 'Single-key shortcuts' }).isChecked())
  await section.getByText('Single-key shortcuts').click()
  await page.getByRole('link', { name: /Back to the show/ }).click()
  await page.getByRole('button', { name: 'React' }).waitFor()
  await page.keyboard.press('v')
  await page.getByRole('group', { name: 'Volume' }).waitFor()
  t.match(await describeFocus(page), /./)
})
