import t from 'tap'
import { joinShow as joinAs, type ShowClient } from '../users.ts'
import { startServer } from '../server-process.ts'
import { checkScreen, desktop, phone } from './accessibility.ts'
import { goLive, joinShow, requestToSpeak, showIdOf, signInVisitor } from './show-steps.ts'

const requestCount = 500

const server = await startServer({ LIMIT_QUEUE: '600' })
const host = await signInVisitor(server.url, 'Mara', { viewport: desktop })
const guest = await signInVisitor(server.url, 'Guest', { viewport: phone })
const clients: ShowClient[] = []
t.teardown(async () => {
  for (const client of clients) client.disconnect()
  await Promise.all([host.close(), guest.close()])
  await server.close()
})

const address = await goLive(host, 'A show that everybody wants to speak in')
await joinShow(guest, address)
const queue = host.page.getByRole('region', { name: 'Requests to speak' })

t.test('with 500 requests the page shows the first, and finds each by its name or reason', async t => {
  const showId = showIdOf(address)
  const reasonOf = (n: number) => (n === 421 ? 'About the déjà vu in episode nine' : '')
  for (let first = 0; first < requestCount; first += 25) {
    const joined = Array.from({ length: 25 }, async (_, index) => {
      const { client } = await joinAs(server.url, showId, `Person ${first + index + 1}`)
      clients.push(client)
      await client.request('speak:request', { reason: reasonOf(first + index + 1) })
    })
    await Promise.all(joined)
  }
  await host.page.getByText(`Requests to speak · ${requestCount}`).waitFor()
  t.equal(await queue.getByRole('listitem').count(), 40)
  await queue.getByRole('button', { name: 'Show 40 more' }).click()
  await queue.getByRole('listitem').nth(79).waitFor()
  await queue.getByText('Just asked').first().waitFor()

  const search = queue.getByLabel('Find a request')
  const startedAt = performance.now()
  await search.fill('person 499')
  await queue.getByRole('button', { name: 'Accept Person 499', exact: true }).waitFor()
  t.comment(`found after ${Math.round(performance.now() - startedAt)} ms`)
  t.equal(await queue.getByRole('listitem').count(), 1)
  await search.fill('DEJA VU')
  await queue.getByRole('button', { name: 'Accept Person 421' }).waitFor()
  await checkScreen(t, host.page, 'a searched queue', [phone, desktop])
  await host.page.setViewportSize(desktop)
  await search.fill('')
})

t.test('declining all asks first, leaves later requests in line, and tells those concerned', async t => {
  await queue.getByRole('button', { name: 'Decline all' }).click()
  const question = host.page.getByRole('alertdialog')
  await question.getByText(`Decline ${requestCount} requests?`).waitFor()
  await requestToSpeak(guest)
  await queue.getByText(`Requests to speak · ${requestCount + 1}`).waitFor()
  await host.page.evaluate(countHeadings)
  await question.getByRole('button', { name: 'Decline all' }).click()
  const startedAt = performance.now()
  await host.page.getByText('Requests to speak · 1', { exact: true }).waitFor()
  const drawnCount = await host.page.evaluate(() => (window as typeof window & { headingCount: number }).headingCount)
  t.comment(`empty after ${Math.round(performance.now() - startedAt)} ms, drawn ${drawnCount} times`)
  // A page that draws each answer is busy for so long on a phone that it loses its connection.
  t.ok(drawnCount < requestCount / 2, `${drawnCount} times`)
  // The list follows its heading when there is time to draw it.
  await queue.getByRole('listitem').nth(1).waitFor({ state: 'detached' })
  t.equal(await queue.getByRole('listitem').count(), 1)
  await queue.getByRole('button', { name: 'Decline Guest' }).click()
  await guest.page.getByText('Not this time: Mara declined your request to speak.').waitFor()
  await checkScreen(t, guest.page, 'not this time', [phone, desktop])
  await guest.page.getByRole('button', { name: 'Close message' }).click()
  await guest.page.getByText('Not this time').waitFor({ state: 'detached' })
  t.ok(await guest.page.getByRole('button', { name: 'Request to speak' }).isEnabled(), 'they can ask again')
})

/** Runs in the page: counts how often the heading of the queue changes. */
function countHeadings(): void {
  const counter = Object.assign(window, { headingCount: 0 })
  const heading = [...document.querySelectorAll('h2')].find(({ textContent }) => /^Requests/.test(textContent))
  if (!heading) throw new Error('the queue has no heading')
  const observer = new MutationObserver(() => counter.headingCount++)
  observer.observe(heading, { characterData: true, childList: true, subtree: true })
}
