import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Frame, Page } from 'playwright-core'
import t from 'tap'
import { startServer } from '../server-process.ts'
import { goLive, signIn } from '../users.ts'
import { checkScreen, phone } from './accessibility.ts'
import { openVisitor, type Visitor } from './browser.ts'
import { signInVisitor } from './show-steps.ts'

const server = await startServer()
t.teardown(async () => await server.close())

/** Another website that shows pages of the server in frames. */
const website = createServer((request, response) => {
  const path = new URL(request.url ?? '/', 'http://website').searchParams.get('frame') ?? ''
  response.setHeader('content-type', 'text/html')
  response.end(`<!doctype html><iframe src="${server.url}${path}" title="player" width="500" height="200"></iframe>`)
})
website.listen(0, '127.0.0.1')
await once(website, 'listening')
t.teardown(() => website.close())
const websiteUrl = `http://127.0.0.1:${(website.address() as AddressInfo).port}`

async function openFrame(page: Page, path: string): Promise<Frame> {
  await page.goto(`${websiteUrl}/?frame=${encodeURIComponent(path)}`)
  const frame = page.frames()[1]
  if (!frame) throw new Error('the page has no frame')
  return frame
}

async function openStranger(): Promise<Visitor> {
  const visitor = await openVisitor({ viewport: phone })
  visitor.page.setDefaultTimeout(20_000)
  return visitor
}

t.test('another website shows a live show, and plays its stream', async t => {
  const { client, creator, showId } = await goLive(server.url, 'Songs <from> the "kitchen"', { program: true })
  t.teardown(() => client.disconnect())
  const visitor = await openStranger()
  t.teardown(async () => await visitor.close())
  const { page } = visitor
  const frame = await openFrame(page, `/embed/${showId}`)
  await frame.getByRole('heading', { name: 'Songs <from> the "kitchen"' }).waitFor()
  t.equal(await frame.getByText('Live', { exact: true }).count(), 1)
  const link = frame.getByRole('link', { name: 'Open in Ambient' })
  t.match(await link.getAttribute('href'), new RegExp(`/shows/${showId}$`))
  t.equal(await link.evaluate(element => getComputedStyle(element).display), 'flex', 'its style is loaded')
  await frame.locator('audio').evaluate(async (audio: HTMLAudioElement) => await audio.play())
  await frame.waitForFunction(() => (document.querySelector('audio')?.currentTime ?? 0) > 0.5)

  // The stream ends with the show, and the page finds out by itself.
  await creator.rest('POST', `/v1/shows/${showId}/end`)
  await frame.getByText('This show has ended').waitFor()

  const [opened] = await Promise.all([page.waitForEvent('popup'), link.click()])
  await opened.getByRole('heading', { name: 'Thanks for being here' }).waitFor()
})

t.test('a frame on another website has no access to the account of the visitor', async t => {
  const { client, showId } = await goLive(server.url)
  t.teardown(() => client.disconnect())
  const visitor = await signInVisitor(server.url, 'Somebody')
  t.teardown(async () => await visitor.close())
  const frame = await openFrame(visitor.page, `/embed/${showId}`)
  await frame.getByRole('heading', { name: 'A show' }).waitFor()
  t.equal(await frame.evaluate(() => window.origin), 'null')
  for (const read of ['localStorage', 'sessionStorage', 'indexedDB.open("x")', 'document.cookie', 'caches.keys()']) {
    await t.rejects(frame.evaluate(read), /sandbox|denied|SecurityError/, read)
  }
  await t.rejects(
    frame.evaluate(async () => await fetch('/v1/shows')),
    /Failed to fetch/
  )
})

t.test('no other page can be shown in a frame', async t => {
  const { client, showId } = await goLive(server.url)
  t.teardown(() => client.disconnect())
  const visitor = await openStranger()
  t.teardown(async () => await visitor.close())
  for (const path of ['/', `/shows/${showId}`, `/embed/${showId}/`, '/embed', '/settings', '/docs']) {
    const refused = visitor.page.waitForEvent('console', message =>
      /frame-ancestors|X-Frame-Options/i.test(message.text())
    )
    await openFrame(visitor.page, path)
    t.match((await refused).text(), server.url, path)
  }
})

t.test('shows that wait, are private or do not exist have a text; axe finds nothing', async t => {
  const visitor = await openStranger()
  t.teardown(async () => await visitor.close())
  const { page } = visitor
  const creator = await signIn(server.url, 'Mira of the kitchen')
  const draft = await creator.rest<{ id: string }>('POST', '/v1/shows', { title: 'Later' })
  const hidden = await creator.rest<{ id: string }>('POST', '/v1/shows', { title: 'Secret', visibility: 'private' })
  await page.goto(`${server.url}/embed/${draft.id}`)
  await page.getByText('hasn’t started yet').waitFor()
  t.equal(await page.locator('audio').count(), 0)
  t.equal(await page.locator('meta[http-equiv=refresh]').getAttribute('content'), '60')
  await creator.rest('POST', `/v1/shows/${draft.id}/start`)
  await page.reload()
  await page.getByText('in Ambient', { exact: false }).first().waitFor()
  await creator.rest('PATCH', `/v1/shows/${draft.id}`, { settings: { program: true } })
  await page.reload()
  await page.locator('audio').waitFor()
  // The policy of the page forbids the script of axe.
  const checked = await openVisitor({ viewport: phone, bypassCSP: true })
  t.teardown(async () => await checked.close())
  await checked.page.goto(`${server.url}/embed/${draft.id}`)
  await checkScreen(t, checked.page, 'the embedded player of a live show')
  for (const id of [hidden.id, 'nothing']) {
    const response = await page.goto(`${server.url}/embed/${id}`)
    t.equal(response?.status(), 404)
    await page.getByRole('heading', { name: 'This show isn’t available' }).waitFor()
    t.notMatch(await page.content(), /Secret/)
  }
})
