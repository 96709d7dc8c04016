import t from 'tap'
import type { Show } from '../../contract/shows.ts'
import { signIn } from '../users.ts'
import { startServer } from '../server-process.ts'
import { openVisitor } from './browser.ts'

const server = await startServer()
const visitor = await openVisitor()
const { page } = visitor
page.setDefaultTimeout(20_000)
// The clock runs in real time until a test moves it forward.
await page.clock.install()
t.teardown(async () => {
  await visitor.close()
  await server.close()
})

const hour = 3_600_000
/** The page refreshes its lists and checks the reminders at least this often. */
const refreshMs = 15_000
const creator = await signIn(server.url, 'Creator')
const plan = async (title: string, startsInMs: number) =>
  await creator.rest<Show>('POST', '/v1/shows', { title, startsAt: new Date(Date.now() + startsInMs).toISOString() })

t.test('without an account, scheduled shows are listed page by page, the soonest first', async t => {
  for (let number = 25; number > 0; number--) await plan(`Show ${number}`, number * hour)
  await page.goto(server.url)
  const coming = page.getByRole('region', { name: 'Coming up' })
  await coming.getByRole('link', { name: 'Show 1', exact: true }).waitFor()
  t.equal(await coming.getByRole('listitem').count(), 20)
  await coming.getByRole('button', { name: 'Show more' }).click()
  await coming.getByRole('link', { name: 'Show 25', exact: true }).waitFor()
  t.same(
    await coming.getByRole('link', { name: /^Show \d+$/ }).allTextContents(),
    Array.from({ length: 25 }, (_, at) => `Show ${at + 1}`)
  )
  t.equal(await coming.getByRole('button', { name: 'Show more' }).count(), 0)
})

t.test('a show that goes live appears without reloading, and its reminder alerts', async t => {
  const { id } = await plan('Night talk', 26 * hour)
  await page.evaluate(
    id =>
      localStorage.setItem(
        'ambient:reminders',
        JSON.stringify([{ showId: id, title: 'Old title', startsAt: new Date().toISOString() }])
      ),
    id
  )
  await creator.rest('POST', `/v1/shows/${id}/start`)
  await page.clock.fastForward(refreshMs)
  const card = page.getByRole('listitem').filter({ has: page.getByRole('link', { name: 'Night talk', exact: true }) })
  await card.getByText('Live', { exact: true }).waitFor()
  await card.getByText('0 listening').waitFor()
  await page.getByRole('link', { name: 'Night talk is live now' }).waitFor()
  t.equal(await page.evaluate(() => localStorage.getItem('ambient:reminders')), '[]', 'it alerts once')
  await page.getByRole('button', { name: 'Close' }).click()
  await page.getByRole('link', { name: 'Night talk is live now' }).waitFor({ state: 'detached' })
})

t.test('an unreachable server is reported, until it answers again', async t => {
  await page.route('**/v1/shows?*', async route => await route.abort())
  await page.goto(server.url)
  await page.getByText("The server can't be reached").first().waitFor()
  await page.unroute('**/v1/shows?*')
  await page.getByRole('button', { name: 'Try again' }).last().click()
  await page.getByRole('link', { name: 'Show 1', exact: true }).waitFor()
  await page.getByText("The server can't be reached").first().waitFor({ state: 'detached' })
  t.equal(await page.getByRole('link', { name: 'Night talk', exact: true }).count(), 1)
})

t.test('scheduling a show without an account leads to the sign-in page and back', async t => {
  await page.getByRole('link', { name: 'Schedule a show' }).click()
  await page.getByLabel('Your name').fill('Newcomer')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Schedule a show' }).waitFor()
  t.equal(new URL(page.url()).pathname, '/plan')
})
