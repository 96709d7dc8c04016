import type { Page } from 'playwright-core'
import t from 'tap'
import { startServer } from '../server-process.ts'
import { arrive, comment, goLive, listenTo } from './moves.ts'

const server = await startServer({ LIMIT_COMMENTS_PER_10S: '100000' })
const host = await arrive(server.url, 'Host')
const guest = await arrive(server.url, 'Guest')
t.teardown(async () => {
  await Promise.all([host.close(), guest.close()])
  await server.close()
})

const address = await goLive(host, 'A show to talk about')
await listenTo(guest, address)

const said = (page: Page, text: string) => page.getByRole('listitem').getByText(text, { exact: true })
/** Where a comment stands in the window, px from its top. */
const topOf = async (page: Page, text: string) => (await said(page, text).boundingBox())?.y

async function chooseRule(page: Page, label: string, value: string): Promise<void> {
  await page.getByRole('button', { name: 'Tools' }).click()
  await page.getByRole('tab', { name: 'Rules' }).click()
  await page.getByLabel(label, { exact: true }).selectOption(value)
  await page.getByRole('button', { name: 'Close', exact: true }).click()
}

t.test('what one says the other reads, and it is said to who listens to a screen reader', async t => {
  await comment(host, 'Welcome')
  await said(guest.page, 'Welcome').waitFor()
  await comment(guest, 'Hello <b>all</b>')
  await said(host.page, 'Hello <b>all</b>').waitFor()
  await host.page.locator('[aria-live=polite]').getByText('Guest: Hello').waitFor({ state: 'attached' })
  t.equal(await guest.page.getByLabel('Your comment').inputValue(), '')
})

t.test('who reads what was said is not moved, and hears how much is new', async t => {
  for (let n = 1; n <= 30; n++) await comment(host, `Line ${n}`)
  await said(guest.page, 'Line 30').waitFor()
  const list = guest.page.locator('section[aria-label=Comments] ul')
  await list.hover()
  await guest.page.mouse.wheel(0, -600)
  await guest.page.waitForFunction(() => {
    const box = document.querySelector('section[aria-label=Comments] ul')?.parentElement
    return box && box.scrollHeight - box.scrollTop - box.clientHeight > 200
  })
  const reading = 'Line 15'
  await said(guest.page, reading).scrollIntoViewIfNeeded()
  const before = await topOf(guest.page, reading)
  await comment(host, 'One more')
  await comment(host, 'And another')
  await guest.page.getByRole('button', { name: '2 new comments' }).waitFor()
  t.equal(await topOf(guest.page, reading), before, 'nothing jumps')
  await host.page.getByRole('button', { name: 'More for the comment of Host' }).first().click()
  await host.page.getByRole('menuitem', { name: 'Delete comment' }).click()
  await said(guest.page, 'Welcome').waitFor({ state: 'detached' })
  t.equal(await topOf(guest.page, reading), before, 'nor when something above it is deleted')
  await guest.page.getByRole('button', { name: '2 new comments' }).click()
  await guest.page.getByRole('button', { name: '2 new comments' }).waitFor({ state: 'detached' })
  t.ok(await said(guest.page, 'And another').isVisible())
})

t.test('too long is said and not sent', async t => {
  const { page } = guest
  await page.getByLabel('Your comment').fill('👨‍👩‍👧'.repeat(490))
  await page.getByText('10 left').waitFor()
  await page.getByLabel('Your comment').fill('x'.repeat(503))
  await page.getByText('3 too many').waitFor()
  t.ok(await page.getByRole('button', { name: 'Send' }).isDisabled())
  await page.getByLabel('Your comment').fill('')
})

t.test('slow mode counts down', async t => {
  await chooseRule(host.page, 'Slow mode: time between two comments of one person', '300000')
  await guest.page.getByText('You can comment again in 4:').waitFor()
  await guest.page.getByLabel('Your comment').fill('Too soon')
  t.ok(await guest.page.getByRole('button', { name: 'Send' }).isDisabled())
  await chooseRule(host.page, 'Slow mode: time between two comments of one person', '0')
  await guest.page.getByText('You can comment again').waitFor({ state: 'detached' })
  await guest.page.getByRole('button', { name: 'Send' }).click()
  await said(host.page, 'Too soon').waitFor()
})

t.test("how songs give way to voices, and what follows the last of them, is the creator's choice", async t => {
  for (const [label, value, settings] of [
    ['While somebody speaks', '-24', { ducking: { on: true, levelDb: -24 } }],
    ['While somebody speaks', '0', { ducking: { on: false, levelDb: -24 } }],
    ['When the playlist has ended', 'repeat', { atEnd: 'repeat' }]
  ] as const) {
    const answered = host.page.waitForResponse(response => response.request().method() === 'PATCH')
    await chooseRule(host.page, label, value)
    t.match(await (await answered).json(), { settings })
  }
})

t.test("a host mutes somebody's comments, who is told, and allows them again", async t => {
  const choose = async (item: string) => {
    await host.page.getByRole('button', { name: 'More for the comment of Guest' }).last().click()
    await host.page.getByRole('menuitem', { name: item, exact: true }).click()
  }
  await choose('Mute their comments')
  await guest.page.getByText('A host has muted your comments').waitFor()
  await choose('Allow their comments')
  await guest.page.getByLabel('Your comment').waitFor()
  t.pass('told both times')
})

t.test('said while the connection was lost, it is there once when the connection is back', async t => {
  await server.stop('SIGKILL')
  await guest.page.getByText('The connection is lost').waitFor()
  await comment(guest, 'Out of the dark')
  await guest.page.getByText('Sending…').waitFor()
  await server.restart()
  await said(host.page, 'Out of the dark').waitFor()
  await guest.page.getByText('Sending…').waitFor({ state: 'detached' })
  t.equal(await said(guest.page, 'Out of the dark').count(), 1)
  t.equal(await said(host.page, 'Out of the dark').count(), 1)
})

t.test('reactions go by for everybody', async t => {
  await guest.page.getByRole('button', { name: 'React', exact: true }).click()
  await guest.page.getByRole('button', { name: 'Celebration' }).click()
  await host.page.getByText('🎉').waitFor()
  await host.page.getByText('🎉').waitFor({ state: 'detached' })
  t.pass('and are gone')
})

t.test('who is banned is out, and comes back when a host lets them', async t => {
  const tools = host.page.getByRole('dialog')
  await host.page.getByRole('button', { name: 'Tools' }).click()
  await tools.getByLabel('Find somebody').fill('gue')
  await tools.getByRole('button', { name: 'More for Guest' }).click()
  await host.page.getByRole('menuitem', { name: 'Ban from show' }).click()
  await host.page.getByRole('alertdialog').getByRole('button', { name: 'Ban' }).click()
  await guest.page.getByText('You were removed from the show').waitFor()
  await guest.page.goto(address)
  await guest.page.getByText('You can’t come in').waitFor()
  await tools.getByRole('tab', { name: 'Log' }).click()
  await tools.getByText('banned Guest').waitFor()
  await tools.getByRole('tab', { name: 'Banned' }).click()
  await tools.getByRole('button', { name: 'Let Guest come back' }).click()
  await tools.getByText('Nobody is banned').waitFor()
  await listenTo(guest, address)
  t.pass('back')
})
