import { readFile } from 'node:fs/promises'
import t from 'tap'
import { testAtNight } from '../depth.ts'
import { startServer } from '../server-process.ts'
import { checkScreen, desktop, phone } from './accessibility.ts'
import { answerNumbers, sampleAnalytics, sampleOverview } from './sample-numbers.ts'
import { signInVisitor } from './show-steps.ts'

const server = await startServer()
t.teardown(async () => await server.close())
const sizes = [phone, desktop]

t.test('the numbers of a show read as plots, by keyboard, and as tables', async t => {
  const host = await signInVisitor(server.url, 'Mira')
  t.teardown(async () => await host.close())
  const { page } = host
  const analytics = sampleAnalytics('kitchen')
  await answerNumbers(page, analytics, sampleOverview())
  await page.route('**/analytics.csv', async route => {
    await route.fulfill({ contentType: 'text/csv; charset=utf-8', body: 'minute,listeners\r\n1,ü\r\n' })
  })

  await page.goto(`${server.url}/numbers`)
  await page.getByRole('link', { name: /^Songs from the kitchen/ }).waitFor()
  await checkScreen(t, page, 'numbers of all shows', sizes)
  await page.goto(`${server.url}/shows/kitchen/numbers`)
  await page.getByText('4 tracks played for 16 minutes').waitFor()
  await checkScreen(t, page, 'numbers of a show', sizes)

  const listeners = page.getByRole('slider', { name: 'Listeners in each minute' })
  await listeners.focus()
  await page.keyboard.press('Home')
  const [first, second] = analytics.minutes
  const valueOf = async () => (await listeners.getAttribute('aria-valuetext')) ?? ''
  t.match(await valueOf(), `: ${first?.maxListeners} listeners, ${first?.joins} joined, ${first?.leaves} left`)
  await page.keyboard.press('ArrowRight')
  t.match(await valueOf(), `: ${second?.maxListeners} listeners`)
  const timeline = page.getByRole('slider', { name: 'What played and who spoke in each minute' })
  t.match(await timeline.getAttribute('aria-valuetext'), /: ♪ Harbour lights$/, 'all plots share the minute')

  const box = await page.locator('svg').filter({ hasText: 'Joined' }).boundingBox()
  if (!box) throw new Error('the plot has no box')
  await page.mouse.move(box.x + box.width * (34.5 / 72), box.y + 40)
  t.match(await valueOf(), `: ${analytics.minutes[34]?.maxListeners} listeners`, 'pointing at a minute selects it')
  await page.getByText('24 comments and 50 reactions').last().waitFor()

  for (const toggle of await page.getByText('Show as table').all()) await toggle.click()
  // A disclosure renders its table when it says that it is open.
  await page.getByRole('table').nth(4).waitFor()
  t.equal(await page.getByRole('table').count(), 5)
  t.equal(await page.getByRole('row', { name: /Harbour lights, A Quiet Band/ }).count(), 1)
  await checkScreen(t, page, 'numbers of a show, with tables', [phone])

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download CSV' }).click()
  ])
  t.equal(download.suggestedFilename(), 'Songs from the kitchen.csv')
  t.equal(await readFile(await download.path(), 'utf8'), '\ufeffminute,listeners\r\n1,ü\r\n')
})

testAtNight(t, 'a running show is loaded again; an outage leaves the last numbers; others see nothing', async t => {
  const host = await signInVisitor(server.url, 'Mira', { viewport: phone })
  t.teardown(async () => await host.close())
  const { page } = host
  await page.clock.install()
  const analytics = sampleAnalytics('kitchen')
  let answer: { status: number; json: object } = { status: 403, json: { code: 'FORBIDDEN', message: 'Not you.' } }
  await page.route('**/v1/shows/*/analytics', async route => await route.fulfill(answer))

  await page.goto(`${server.url}/shows/kitchen/numbers`)
  await page.getByRole('heading', { name: 'Only for the hosts' }).waitFor()
  await checkScreen(t, page, 'numbers, for a listener')
  answer = { status: 409, json: { code: 'SHOW_NOT_LIVE', message: 'Not yet.' } }
  await page.reload()
  await page.getByRole('heading', { name: 'No numbers yet' }).waitFor()
  await checkScreen(t, page, 'numbers, before the show')
  answer = { status: 200, json: { ...analytics, status: 'live', endedAt: null } }
  await page.clock.fastForward(10_000)
  await page.getByText('so far').waitFor()
  answer = { status: 503, json: { code: 'UNAVAILABLE', message: 'The store is away.' } }
  await page.reload()
  await page.getByText('The store is away.').waitFor()
  await checkScreen(t, page, 'numbers, not available')

  const { audience, ...rest } = analytics
  answer = { status: 200, json: { ...rest, status: 'live', endedAt: null, audience: null, minutes: [] } }
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByText('so far').waitFor()
  await page.getByText('The audience of this show was not recorded').waitFor()
  await checkScreen(t, page, 'numbers without an audience, in the first minute')

  answer = { status: 200, json: { ...analytics, status: 'live', endedAt: null } }
  await page.clock.fastForward(10_000)
  await page.getByRole('heading', { name: 'Listeners', exact: true }).waitFor()
  answer = { status: 503, json: { code: 'UNAVAILABLE', message: 'The store is away.' } }
  await page.clock.fastForward(10_000)
  await page.getByText('These numbers are from a while ago: The store is away.').waitFor()
  t.ok(await page.getByRole('heading', { name: 'Listeners', exact: true }).isVisible())

  await page.route('**/v1/users/me/analytics*', async route => {
    await route.fulfill({ json: { items: [], nextCursor: null, totals: null } })
  })
  await page.goto(`${server.url}/numbers`)
  await page.getByText('You haven’t hosted a show yet.').waitFor()
  await checkScreen(t, page, 'numbers without a show')
})
