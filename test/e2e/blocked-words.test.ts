import t from 'tap'
import { startServer } from '../server-process.ts'
import { checkScreen, desktop, phone } from './accessibility.ts'
import { goLive, joinShow, postComment, signInVisitor } from './show-steps.ts'

const server = await startServer({ LIMIT_COMMENTS_PER_10S: '100000' })
const host = await signInVisitor(server.url, 'Mara', { viewport: desktop })
const guest = await signInVisitor(server.url, 'Guest', { viewport: phone })
t.teardown(async () => {
  await Promise.all([host.close(), guest.close()])
  await server.close()
})

const address = await goLive(host, 'The last episode')
await joinShow(guest, address)
await guest.page.getByRole('button', { name: 'Comments', exact: true }).click()
const words = host.page.getByLabel('Blocked words, one per line')
const saved = host.page.getByText('Saved.')

/** Types words into the empty field and saves them, with the keyboard only. */
async function save(text: string): Promise<void> {
  await words.focus()
  await host.page.keyboard.press('ControlOrMeta+a')
  await host.page.keyboard.type(text)
  await host.page.keyboard.press('Tab')
  await host.page.keyboard.press('Enter')
}

t.test('a creator blocks words while the show is live, and the next comment with one is refused', async t => {
  await postComment(guest, 'A spoiler')
  await host.page.getByRole('listitem').getByText('A spoiler').waitFor()
  await host.page.getByRole('button', { name: 'Tools' }).click()
  await host.page.getByRole('tab', { name: 'Rules' }).click()
  await save('spoiler\n\nending*\nSPOILER')
  await saved.waitFor()
  t.equal(await words.inputValue(), 'spoiler\nending*')

  await postComment(guest, 'The s.p.o.i.l.e.r of the endings')
  await guest.page.getByRole('alert').getByText('This comment has a word that is blocked here.').waitFor()
  t.equal(await guest.page.getByLabel('Your comment').inputValue(), 'The s.p.o.i.l.e.r of the endings')
})

t.test('a line that is not a word is named, and nothing is lost', async t => {
  await host.page.getByRole('button', { name: 'Close', exact: true }).click()
  await host.page.getByRole('button', { name: 'End show' }).waitFor()
  await host.page.goto(`${server.url}/settings`)
  t.equal(await words.inputValue(), 'spoiler\nending*')
  const section = host.page.getByRole('region', { name: 'Comments in your shows' })
  await save('spoiler\n\n...\nending')
  await section.getByRole('alert').getByText('Not saved').waitFor()
  await section.getByText('Line 3 must contain a letter or a digit').waitFor()
  t.equal(await words.inputValue(), 'spoiler\n\n...\nending')
  t.equal(await words.getAttribute('aria-invalid'), 'true')
  await checkScreen(t, host.page, 'settings with a line that is no word', [desktop, phone])
  await save('ending')
  await saved.waitFor()
  t.equal(await words.getAttribute('aria-invalid'), null)
  await postComment(guest, 'No longer a spoiler')
  await host.page.goto(address)
  await host.page.getByRole('listitem').getByText('No longer a spoiler').waitFor()
})
