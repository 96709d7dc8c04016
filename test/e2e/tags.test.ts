import t from 'tap'
import { startServer } from '../server-process.ts'
import { until } from '../until.ts'
import { checkScreen, desktop, phone } from './accessibility.ts'
import { signInVisitor } from './show-steps.ts'

const server = await startServer()
const host = await signInVisitor(server.url, 'Host')
const fan = await signInVisitor(server.url, 'Fan')
t.teardown(async () => {
  await Promise.all([host.close(), fan.close()])
  await server.close()
})

t.test('a show has tags, and listeners find shows by them', async t => {
  const { page } = host
  await page.getByRole('link', { name: 'Schedule a show' }).click()
  await page.getByLabel('Title').fill('Evening of slow records')
  await page.getByLabel('Start time').fill('2040-03-01T20:00')
  const field = page.getByLabel('Tags')
  await field.fill('one, two, three, four, five, six')
  await page.getByText('A show has up to 5 tags.').waitFor()
  t.ok(await page.getByRole('button', { name: 'Schedule show' }).isDisabled())
  await field.fill('#Slow Records, Vinyl,')
  await page.getByRole('button', { name: 'Schedule show' }).click()
  await page.waitForURL(/\/shows\/[\w-]+$/)

  // The server reads the list of tags again after five seconds.
  await until(async () => (await (await fetch(`${server.url}/v1/tags`)).text()).includes('vinyl'))
  await fan.page.setViewportSize(phone)
  await fan.page.goto(server.url)
  const topics = fan.page.getByRole('region', { name: 'Topics' })
  await topics.getByRole('link', { name: '#vinyl' }).waitFor()
  await checkScreen(t, fan.page, 'start page with topics', [phone, desktop])
  await topics.getByRole('link', { name: '#slow records' }).click()
  await fan.page.getByRole('heading', { name: 'Tagged “slow records”' }).waitFor()
  t.match(fan.page.url(), '?tag=slow%20records', 'a tag has its own address')
  await fan.page.getByRole('link', { name: 'Evening of slow records', exact: true }).click()
  await fan.page.getByRole('heading', { name: 'Evening of slow records' }).waitFor()
  await checkScreen(t, fan.page, 'planned show with tags', [phone, desktop])
  await fan.page.getByRole('link', { name: '#vinyl' }).click()
  await fan.page.getByRole('heading', { name: 'Tagged “vinyl”' }).waitFor()
  await fan.page.getByLabel('Search shows').fill('records')
  await fan.page.getByRole('heading', { name: 'Results for “records”' }).waitFor()
  await fan.page.getByLabel('Search shows').fill('')
  await fan.page.getByRole('heading', { name: 'Live now' }).waitFor()

  await page.goto(`${page.url()}/edit`)
  t.equal(await field.inputValue(), 'slow records, vinyl')
  await field.fill('vinyl')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.waitForURL(/\/shows\/[\w-]+$/)
  await fan.page.goto(`${server.url}/?tag=slow%20records`)
  await fan.page.getByText('No shows with this tag.').waitFor()
})
