import t from 'tap'
import { startServer } from '../server-process.ts'
import { checkScreen, desktop, phone } from './accessibility.ts'
import { goLive, joinShow, postComment, signInVisitor } from './show-steps.ts'

const server = await startServer({ LIMIT_COMMENTS_PER_10S: '100000' })
const host = await signInVisitor(server.url, 'Mara', { viewport: desktop })
const guest = await signInVisitor(server.url, 'Guest', { viewport: phone })
const other = await signInVisitor(server.url, 'Other', { viewport: phone })
t.teardown(async () => {
  await Promise.all([host.close(), guest.close(), other.close()])
  await server.close()
})

const address = await goLive(host, 'A show for newcomers')
for (const visitor of [guest, other]) {
  await joinShow(visitor, address)
  await visitor.page.getByRole('button', { name: 'Comments', exact: true }).click()
}
const held = host.page.getByRole('region', { name: 'Held comments' })
const waiting = guest.page.getByText('Waiting for the hosts')

t.test('the first comment of a person waits until a host publishes it', async t => {
  await host.page.getByRole('button', { name: 'Tools' }).click()
  await host.page.getByRole('tab', { name: 'Rules' }).click()
  const saved = host.page.waitForResponse(response => response.request().method() === 'PATCH')
  await host.page.getByLabel('First comments of people who are new').selectOption('held')
  t.match(await (await saved).json(), { settings: { firstComments: 'held' } })
  await host.page.getByRole('button', { name: 'Close', exact: true }).click()

  await postComment(guest, 'Hello, I am new')
  await waiting.waitFor()
  await held.getByText('Hello, I am new').waitFor()
  await held.getByRole('heading', { name: 'Held comments (1)' }).waitFor()
  await checkScreen(t, host.page, 'a held comment')
  await checkScreen(t, guest.page, 'a comment that waits')
  await postComment(guest, 'Hello?')
  await guest.page.getByRole('alert').getByText('Your first comment waits for the hosts.').waitFor()
  t.equal(await guest.page.getByLabel('Your comment').inputValue(), 'Hello?')
  t.equal(await other.page.getByText('Hello, I am new').count(), 0)

  await guest.page.reload()
  await guest.page.getByRole('button', { name: 'Comments', exact: true }).click()
  await waiting.waitFor()
  await held.getByRole('button', { name: 'Publish the comment of Guest' }).click()
  for (const { page } of [host, guest, other]) {
    await page.getByRole('list', { name: 'Comments, newest last' }).getByText('Hello, I am new').waitFor()
  }
  await waiting.waitFor({ state: 'detached' })
  await held.waitFor({ state: 'detached' })
  await postComment(guest, 'Now I am known')
  await other.page.getByRole('listitem').getByText('Now I am known').waitFor()
})

t.test('the author of a declined comment is told', async t => {
  await postComment(other, 'Buy my things')
  await held.getByRole('button', { name: 'Decline the comment of Other' }).click()
  await other.page.getByRole('alert').getByText('The hosts did not publish this comment.').waitFor()
  await held.waitFor({ state: 'detached' })
  t.equal(await guest.page.getByText('Buy my things').count(), 0)
  await other.page.getByRole('button', { name: 'Discard' }).click()
  await other.page.getByText('Buy my things').waitFor({ state: 'detached' })
  t.equal(await other.page.getByText('Buy my things').count(), 0)
})
