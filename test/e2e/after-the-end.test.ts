import t from 'tap'
import { startServer } from '../server-process.ts'
import { checkScreen, desktop, phone } from './accessibility.ts'
import { endShow, goLive, joinShow, signInVisitor } from './show-steps.ts'

const server = await startServer()
const host = await signInVisitor(server.url, 'Host')
const fan = await signInVisitor(server.url, 'Fan')
t.teardown(async () => {
  await Promise.all([host.close(), fan.close()])
  await server.close()
})
const title = 'Songs from the kitchen'
const sizes = [phone, desktop]

t.test('the creator sees how the show went, and plans the next one', async t => {
  const address = await goLive(host, title)
  await joinShow(fan, address)
  await fan.page.getByRole('button', { name: 'React', exact: true }).click()
  await fan.page.getByRole('button', { name: 'Love' }).click()
  await endShow(host)

  const { page } = fan
  await page.getByRole('heading', { name: 'Thanks for being here' }).waitFor()
  t.equal(page.url(), address, 'listeners are taken along without a reload')
  await page.getByRole('button', { name: 'Follow Host' }).click()
  await page.getByRole('button', { name: 'Following Host, unfollow' }).waitFor()
  t.equal(await page.getByRole('button', { name: 'Plan the next one' }).count(), 0)
  t.equal(await page.getByText('New followers').count(), 0, 'numbers of hosts are for hosts')

  const summary = host.page.getByRole('region', { name: 'How it went' })
  const figure = (name: string, value: string | RegExp) =>
    summary.locator('dl > div').filter({ hasText: name }).locator('dd').filter({ hasText: value })
  await figure('New followers', /^1$/).waitFor()
  await figure('Most reacted minute', '1 reaction').waitFor()
  await figure('Songs played', /^0$/).waitFor()
  await checkScreen(t, host.page, 'own ended show', sizes)

  await summary.getByRole('button', { name: 'Plan the next one' }).click()
  await host.page.getByRole('heading', { name: 'Plan the next one' }).waitFor()
  t.equal(await host.page.getByLabel('Title').inputValue(), title)
  const planned = Date.parse(await host.page.getByLabel('Start time').inputValue())
  const dayMs = 24 * 3_600_000
  t.ok(planned > Date.now() + 6 * dayMs && planned < Date.now() + 8 * dayMs, 'a week later')
  await host.page.getByRole('button', { name: 'Schedule show' }).click()
  await host.page.waitForURL(url => /\/shows\/[\w-]+$/.test(url.pathname) && url.href !== address)
})

t.test('listeners find the next show on the page of the last one, and the last one on the start page', async t => {
  const { page } = fan
  await page.reload()
  await page.getByRole('heading', { name: 'Next show' }).waitFor()
  await page.getByRole('button', { name: `Remind me about ${title}` }).waitFor()
  await checkScreen(t, page, 'ended show with the next one', sizes)
  await page.goto(server.url)
  const ended = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Recently ended' }) })
  await ended.getByRole('link', { name: title, exact: true }).click()
  await page.getByRole('heading', { name: 'Thanks for being here' }).waitFor()
})
