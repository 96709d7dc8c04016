import t from 'tap'
import { startServer } from '../server-process.ts'
import { checkScreen, desktop, phone } from './accessibility.ts'
import { goLive, joinShow, postComment, signInVisitor } from './show-steps.ts'

const server = await startServer({ LIMIT_COMMENTS_PER_10S: '100000' })
const host = await signInVisitor(server.url, 'Mara', { viewport: desktop })
const guest = await signInVisitor(server.url, 'Zoë Smith', { viewport: phone })
t.teardown(async () => {
  await Promise.all([host.close(), guest.close()])
  await server.close()
})

const address = await goLive(host, 'A show with answers')
await joinShow(guest, address)
await guest.page.getByRole('button', { name: 'Comments', exact: true }).click()
const entry = ({ page }: typeof host, text: string) => page.getByRole('listitem').filter({ hasText: text })

t.test('a reply shows the comment before it, until that is deleted', async t => {
  await postComment(guest, 'Which song was that?')
  await entry(host, 'Which song was that?').getByRole('button', { name: 'More options' }).click()
  await host.page.getByRole('menuitem', { name: 'Reply' }).click()
  await host.page.getByText('Replying to Zoë Smith').waitFor()
  await host.page.locator('textarea:focus').waitFor()
  await checkScreen(t, host.page, 'writing a reply')
  await host.page.keyboard.type('The second one')
  await host.page.keyboard.press('Enter')
  await host.page.getByText('Replying to').waitFor({ state: 'detached' })
  await entry(guest, 'The second one').getByText('Zoë Smith Which song was that?').waitFor()
  await checkScreen(t, guest.page, 'a reply')

  await entry(guest, 'Which song was that?').first().getByRole('button', { name: 'More options' }).click()
  await guest.page.getByRole('menuitem', { name: 'Delete comment' }).click()
  await entry(host, 'The second one').getByText('a deleted comment').waitFor()
  await entry(guest, 'The second one').getByText('a deleted comment').waitFor()
  t.equal(await entry(host, 'Which song was that?').count(), 0)
})

t.test('an @ suggests people in the show, and the person concerned sees the comment marked', async t => {
  const field = host.page.getByLabel('Your comment')
  await field.fill('')
  await field.focus()
  await host.page.keyboard.type('Thanks @zoe')
  const list = host.page.getByRole('listbox', { name: 'People to mention' })
  await list.getByRole('option', { name: 'Zoë Smith', selected: true }).waitFor()
  t.match(await field.getAttribute('aria-activedescendant'), /-0$/)
  await checkScreen(t, host.page, 'mentioning somebody')
  await host.page.keyboard.press('Escape')
  await list.waitFor({ state: 'detached' })
  await host.page.keyboard.press('Backspace')
  await list.waitFor()
  await host.page.keyboard.press('Enter')
  await list.waitFor({ state: 'detached' })
  t.equal(await field.inputValue(), 'Thanks @Zoë Smith ')
  await host.page.keyboard.type('for asking')
  await host.page.keyboard.press('Enter')
  const mark = entry(guest, 'Thanks @Zoë Smith for asking').locator('p[class*=mentioned]')
  await mark.locator('strong', { hasText: '@Zoë Smith' }).waitFor()
  await checkScreen(t, guest.page, 'a mention', [phone, desktop])
  t.equal(await host.page.locator('p[class*=mentioned]').count(), 0, 'nobody else')
})

t.test('the cursor stands behind a chosen name before the next key can arrive', async t => {
  const field = host.page.getByLabel('Your comment')
  await field.fill(' and everybody')
  await field.press('Home')
  await host.page.keyboard.type('@zoe')
  await host.page.getByRole('listbox', { name: 'People to mention' }).waitFor()
  const written = await field.evaluate(element => {
    element.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }))
    const { value, selectionStart } = element as HTMLTextAreaElement
    return { value, selectionStart }
  })
  t.same(written, { value: '@Zoë Smith and everybody', selectionStart: '@Zoë Smith '.length })
  await field.fill('')
})
