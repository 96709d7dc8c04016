import type { BrowserContext } from 'playwright-core'
import t from 'tap'
import type { Show } from '../../contract/shows.ts'
import { startServer } from '../server-process.ts'
import { goLive, signIn } from '../users.ts'
import { phone } from './accessibility.ts'
import { signInVisitor } from './show-steps.ts'

/** Answers of the API arrive at different times, the first question's last. */
const [slowestMs, stepMs] = [900, 150]
/** The layout shift of a page that stays in place, as Web Vitals count it. A page above 0.1 counts as unstable. */
const maxShift = 0.02

const server = await startServer()
t.teardown(async () => await server.close())

const inOneDay = () => new Date(Date.now() + 86_400_000).toISOString()

async function slowDownApi(context: BrowserContext): Promise<void> {
  let requests = 0
  await context.route('**/v1/**', async route => {
    await new Promise(resolve => setTimeout(resolve, Math.max(slowestMs - stepMs * (requests++ % 7), 0)))
    await route.continue()
  })
}

/** Runs in the page, before its own code. */
function sumLayoutShifts(): void {
  const shifts: number[] = []
  Object.assign(window, { shifts })
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) shifts.push((entry as PerformanceEntry & { value: number }).value)
  }).observe({ type: 'layout-shift', buffered: true })
}

t.test('nothing on a page moves while it is loaded', async t => {
  const visitor = await signInVisitor(server.url, 'Visitor', { viewport: phone })
  t.teardown(async () => await visitor.close())
  const { page, context } = visitor
  await page.goto(`${server.url}/plan`)
  const stored: { user: { id: string }; accessToken: string } = await page.evaluate(() =>
    JSON.parse(localStorage.getItem('ambient:account') ?? '')
  )
  const asVisitor = async (method: string, path: string, body?: object) => {
    const headers = {
      authorization: `Bearer ${stored.accessToken}`,
      ...(body && { 'content-type': 'application/json' })
    }
    const response = await fetch(`${server.url}${path}`, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) })
    })
    t.ok(response.ok, `${method} ${path}: ${response.status}`)
  }
  const followed = await signIn(server.url, 'Followed')
  await followed.rest<Show>('POST', '/v1/shows', { title: 'Followed talk', startsAt: inOneDay() })
  await asVisitor('PUT', `/v1/users/${followed.id}/follow`)
  await asVisitor('POST', '/v1/shows', { title: 'My talk', startsAt: inOneDay() })
  const live = [
    await goLive(server.url, 'First'),
    await goLive(server.url, 'Second'),
    await goLive(server.url, 'Third')
  ]
  t.teardown(() => live.forEach(({ client }) => client.disconnect()))

  await slowDownApi(context)
  await context.addInitScript(sumLayoutShifts)
  const pages = {
    'start page': '/',
    search: '/?q=talk',
    'own profile': `/users/${stored.user.id}`,
    profile: `/users/${followed.id}`,
    library: '/library',
    settings: '/settings',
    'live show': `/shows/${live[0]?.showId}`
  }
  for (const [name, path] of Object.entries(pages)) {
    await page.goto(`${server.url}${path}`, { waitUntil: 'networkidle' })
    const shifts = await page.evaluate(() => (window as Window & { shifts?: number[] }).shifts ?? [])
    const sum = shifts.reduce((total, shift) => total + shift, 0)
    t.comment(`${name}: ${sum.toFixed(3)}`)
    t.ok(sum <= maxShift, `${name}: ${sum.toFixed(3)}, must be at most ${maxShift}`)
  }
})
