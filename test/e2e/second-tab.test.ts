import type { Page } from 'playwright-core'
import t from 'tap'
import { startServer } from '../server-process.ts'
import { checkScreen, desktop, phone } from './accessibility.ts'
import { waitForFocus } from './keyboard-steps.ts'
import { waitUntilHearsMore } from './listening.ts'
import { bringOnStage, goLive, joinShow, signInVisitor } from './show-steps.ts'

const server = await startServer()
const host = await signInVisitor(server.url, 'Host', { viewport: desktop })
const guest = await signInVisitor(server.url, 'Guest', { viewport: phone })
t.teardown(async () => {
  await Promise.all([host.close(), guest.close()])
  await server.close()
})
const address = await goLive(host, 'A show in two tabs')

const playerOf = (page: Page) => page.getByRole('region', { name: 'Your show', exact: true })
const controlsOf = (page: Page) => page.getByRole('region', { name: 'Show controls' })

async function openSecondTab(): Promise<Page> {
  const page = await guest.context.newPage()
  page.setDefaultTimeout(20_000)
  return page
}

t.test('a second tab of a listener asks, and the first one takes the show back', async t => {
  await joinShow(guest, address)
  await waitUntilHearsMore(guest)
  const second = await openSecondTab()
  await second.goto(address)
  await second.getByRole('heading', { name: 'You’re listening in another tab. Move here?' }).waitFor()
  await checkScreen(t, second, 'question in a second tab', [phone, desktop])
  t.ok(await controlsOf(guest.page).isVisible(), 'nothing has changed in the first tab')
  await waitUntilHearsMore(guest)

  await second.getByRole('button', { name: 'Move here' }).click()
  await controlsOf(second).waitFor()
  await waitForFocus(second, /A show in two tabs/)
  await guest.page.getByRole('heading', { name: 'You’re listening somewhere else' }).waitFor()
  await checkScreen(t, guest.page, 'a show that moved to another tab', [phone, desktop])
  await guest.page.getByRole('button', { name: 'Take it back' }).click()
  await controlsOf(guest.page).waitFor()
  await waitForFocus(guest.page, /A show in two tabs/)
  await second.getByRole('heading', { name: 'You’re listening somewhere else' }).waitFor()
  await waitUntilHearsMore(guest)
  await second.close()
})

t.test('a second tab of a person on stage asks, and they keep their place', async () => {
  await bringOnStage(host, guest, 'Guest')
  const second = await openSecondTab()
  await second.goto(address)
  await second.getByRole('heading', { name: 'You’re on air in another tab. Move here?' }).waitFor()
  await waitUntilHearsMore(host)
  await second.getByRole('button', { name: 'Move here' }).click()
  await guest.page.getByRole('button', { name: 'Take it back' }).waitFor()
  // The same microphone goes on in the second tab.
  await second.getByRole('button', { name: 'Mute', exact: true }).waitFor()
  await waitUntilHearsMore(host)
  await second.close()
})

t.test('a tab that shows the mini-player is asked for too, and takes the show back on its page', async t => {
  const { page } = guest
  await page.getByRole('button', { name: 'Take it back' }).click()
  await controlsOf(page).waitFor()
  await page.getByRole('button', { name: 'Step down' }).click()
  await page.getByRole('button', { name: 'Request to speak' }).waitFor()
  await page.getByRole('link', { name: 'Ambient', exact: true }).click()
  await playerOf(page).waitFor()
  const second = await openSecondTab()
  await second.goto(address)
  await second.getByRole('heading', { name: 'You’re listening in another tab. Move here?' }).waitFor()
  await second.getByRole('button', { name: 'Move here' }).click()
  const player = playerOf(page)
  await player.getByText('You’re listening somewhere else').waitFor()
  await checkScreen(t, page, 'mini-player of a show that moved', [phone, desktop])
  await player.getByRole('button', { name: 'Take it back' }).click()
  await player.getByText('Host', { exact: true }).waitFor()
  await second.getByRole('button', { name: 'Take it back' }).waitFor()
  await waitUntilHearsMore(guest)
  await second.close()
})

t.test('nobody is asked after the other tab was closed, or in another browser', async t => {
  await guest.page.goto(server.url)
  await joinShow(guest, address)
  const second = await openSecondTab()
  await guest.page.close()
  await joinShow({ ...guest, page: second }, address)
  const account = await second.evaluate(() => localStorage.getItem('ambient:account'))
  const elsewhere = await signInVisitor(server.url, 'Other device')
  t.teardown(async () => await elsewhere.close())
  await elsewhere.page.evaluate(account => localStorage.setItem('ambient:account', account ?? ''), account)
  await joinShow(elsewhere, address)
  await second.getByRole('button', { name: 'Take it back' }).waitFor()
  t.pass('the other device replaced this one')
})
