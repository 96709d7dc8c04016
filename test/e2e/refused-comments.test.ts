import t from 'tap'
import { startServer } from '../server-process.ts'
import { checkScreen, desktop, phone } from './accessibility.ts'
import { closeHostTools, goLive, joinShow, openHostTools, postComment, signInVisitor } from './show-steps.ts'

const server = await startServer({ COMMENT_BLOCKED_WORDS: 'badword', LIMIT_COMMENTS_PER_10S: '100000' })
const host = await signInVisitor(server.url, 'Mara', { viewport: desktop })
const guest = await signInVisitor(server.url, 'Guest', { viewport: phone })
t.teardown(async () => {
  await Promise.all([host.close(), guest.close()])
  await server.close()
})

const address = await goLive(host, 'A polite show')
await joinShow(guest, address)
await guest.page.getByRole('button', { name: 'Comments', exact: true }).click()
const field = guest.page.getByLabel('Your comment')
const reason = (text: string) => guest.page.getByRole('alert').getByText(text)

t.test('a comment with a blocked word says why it is refused, and stays in the field', async t => {
  await postComment(guest, 'What a badword')
  await reason('This comment has a word that is blocked here.').waitFor()
  t.equal(await field.inputValue(), 'What a badword')
  t.equal(await guest.page.getByText('Not sent').count(), 0, 'it is not in the list')
  await checkScreen(t, guest.page, 'a refused comment')
  await postComment(guest, 'What a word')
  await host.page.getByRole('listitem').getByText('What a word').waitFor()
  t.equal(await guest.page.getByRole('alert').count(), 0)
})

t.test('a poll with a blocked word says why it is refused, and keeps its texts', async t => {
  const { page } = host
  await page.getByRole('button', { name: 'Tools' }).click()
  await page.getByRole('tab', { name: 'Audience' }).click()
  await page.getByLabel('Question').fill('Which word?')
  await page.getByLabel('Option 1', { exact: true }).fill('A b.a.d.w.o.r.d')
  await page.getByLabel('Option 2', { exact: true }).fill('A word')
  await page.getByRole('button', { name: 'Open poll' }).click()
  await page.getByText('Options must not contain words that are blocked here.').waitFor()
  t.equal(await page.getByLabel('Option 1', { exact: true }).inputValue(), 'A b.a.d.w.o.r.d')
  await checkScreen(t, page, 'a refused poll', [phone, desktop])
  await page.setViewportSize(desktop)
  await page.getByRole('button', { name: 'Close', exact: true }).click()
})

t.test('the creator says who may send links', async t => {
  await openHostTools(host, 'Rules')
  const saved = host.page.waitForResponse(response => response.request().method() === 'PATCH')
  await host.page.getByLabel('Links in comments').selectOption('hosts')
  t.match(await (await saved).json(), { settings: { commentLinks: 'hosts' } })
  await closeHostTools(host)
  await postComment(guest, 'See example.org/page')
  await reason('Only hosts may send links here.').waitFor()
  t.equal(await field.inputValue(), 'See example.org/page')
  await postComment(host, 'See https://example.org/page')
  await guest.page.getByRole('link', { name: 'https://example.org/page' }).waitFor()
})
