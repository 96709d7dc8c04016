import type { Page } from 'playwright-core'
import t from 'tap'
import { startServer } from '../server-process.ts'
import { checkScreen, desktop, phone } from './accessibility.ts'
import { closeHostTools, goLive, joinShow, openHostTools, postComment, signInVisitor } from './show-steps.ts'

const server = await startServer({ LIMIT_COMMENTS_PER_10S: '100000' })
const host = await signInVisitor(server.url, 'Host')
const guest = await signInVisitor(server.url, 'Guest')
t.teardown(async () => {
  await Promise.all([host.close(), guest.close()])
  await server.close()
})

const address = await goLive(host, 'A show to talk about')
await joinShow(guest, address)

const commentWith = (page: Page, text: string) => page.getByRole('listitem').getByText(text, { exact: true })
/** Returns the position of a comment in the window, px from its top. */
const topOf = async (page: Page, text: string) => (await commentWith(page, text).boundingBox())?.y

async function chooseRule(label: string, value: string): Promise<void> {
  await openHostTools(host, 'Rules')
  await host.page.getByLabel(label, { exact: true }).selectOption(value)
  await closeHostTools(host)
}

t.test('a comment reaches the other person, and is announced to screen readers', async t => {
  await postComment(host, 'Welcome')
  await commentWith(guest.page, 'Welcome').waitFor()
  await postComment(guest, 'Hello <b>all</b>')
  await commentWith(host.page, 'Hello <b>all</b>').waitFor()
  await host.page.locator('[aria-live=polite]').getByText('Guest: Hello').waitFor({ state: 'attached' })
  t.equal(await guest.page.getByLabel('Your comment').inputValue(), '')
})

t.test('addresses in comments are links that open beside the show, and nothing else is a link', async t => {
  const hostile = 'javascript:alert(1) file:///etc data:text/html,x https://example.org@evil.example/'
  await postComment(guest, `See https://example.org/a_(b). ${hostile}`)
  const comment = host.page.getByRole('listitem').filter({ hasText: 'See https://example.org' })
  const link = comment.getByRole('link')
  await link.waitFor()
  t.equal(await link.count(), 1)
  t.equal(await link.getAttribute('href'), 'https://example.org/a_(b)')
  t.equal(await link.getAttribute('rel'), 'noopener noreferrer nofollow ugc')
  t.equal(await link.getAttribute('target'), '_blank')
  t.match(await comment.innerText(), hostile)
  await checkScreen(t, host.page, 'a comment with a link', [phone, desktop])
  await host.page.setViewportSize(desktop)
  await host.page.getByLabel('Your comment').waitFor()
})

t.test('new comments do not move the list of a person who has scrolled up, and are counted', async t => {
  for (let n = 1; n <= 30; n++) await postComment(host, `Line ${n}`)
  await commentWith(guest.page, 'Line 30').waitFor()
  const list = guest.page.locator('section[aria-label=Comments] ul')
  await list.hover()
  await guest.page.mouse.wheel(0, -600)
  await guest.page.waitForFunction(() => {
    const box = document.querySelector('section[aria-label=Comments] ul')?.parentElement
    return box && box.scrollHeight - box.scrollTop - box.clientHeight > 200
  })
  const reading = 'Line 15'
  await commentWith(guest.page, reading).scrollIntoViewIfNeeded()
  const before = await topOf(guest.page, reading)
  await postComment(host, 'One more')
  await postComment(host, 'And another')
  await guest.page.getByRole('button', { name: '2 new comments' }).waitFor()
  t.equal(await topOf(guest.page, reading), before, 'the list does not move')
  await host.page.getByRole('button', { name: 'More options for Host’s comment' }).first().click()
  await host.page.getByRole('menuitem', { name: 'Delete comment' }).click()
  await commentWith(guest.page, 'Welcome').waitFor({ state: 'detached' })
  t.equal(await topOf(guest.page, reading), before, 'also when a comment above is deleted')
  await guest.page.getByRole('button', { name: '2 new comments' }).click()
  await guest.page.getByRole('button', { name: '2 new comments' }).waitFor({ state: 'detached' })
  t.ok(await commentWith(guest.page, 'And another').isVisible())
})

t.test('keys of an input method do not send half a comment', async t => {
  const { page } = guest
  const field = page.getByLabel('Your comment')
  await field.fill('にほ')
  // Chromium and Firefox say that they compose; Safari only has the key code.
  for (const init of [{ isComposing: true }, { keyCode: 229 }]) {
    const isPrevented = await field.evaluate((element, init) => {
      const event = new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, ...init })
      element.dispatchEvent(event)
      return event.defaultPrevented
    }, init)
    t.equal(isPrevented, false, JSON.stringify(init))
    t.equal(await field.inputValue(), 'にほ', 'the text is still there')
  }
  await field.fill('にほん')
  await page.keyboard.press('Enter')
  await commentWith(host.page, 'にほん').waitFor()
})

t.test('a refused comment says why, and a tab is no reason', async t => {
  const { page } = guest
  await postComment(guest, 'one\ttwo')
  await commentWith(host.page, 'one two').waitFor()
  await postComment(guest, 'a\u001bb')
  await page.getByText('Not sent. Text must not contain control characters.').waitFor()
  await page.getByRole('button', { name: 'Discard' }).click()
  await page.getByText('Not sent.').waitFor({ state: 'detached' })
  t.equal(await page.getByText('Not sent.').count(), 0)
})

t.test('a comment that is too long is reported and not sent', async t => {
  const { page } = guest
  await page.getByLabel('Your comment').fill('e\u0301'.repeat(490))
  await page.getByText('10 characters left').waitFor()
  await page.getByLabel('Your comment').fill('x'.repeat(503))
  await page.getByText('3 characters too long').waitFor()
  t.ok(await page.getByRole('button', { name: 'Send' }).isDisabled())
  await page.getByLabel('Your comment').fill('')
})

t.test('slow mode counts down until the next comment', async t => {
  await chooseRule('Slow mode: time between one person’s comments', '300000')
  await guest.page.getByText('You can comment again in 4:').waitFor()
  await guest.page.getByLabel('Your comment').fill('Too soon')
  t.ok(await guest.page.getByRole('button', { name: 'Send' }).isDisabled())
  await chooseRule('Slow mode: time between one person’s comments', '0')
  await guest.page.getByText('You can comment again').waitFor({ state: 'detached' })
  await guest.page.getByRole('button', { name: 'Send' }).click()
  await commentWith(host.page, 'Too soon').waitFor()
})

t.test('the creator sets ducking and what happens at the end of the playlist', async t => {
  for (const [label, value, settings] of [
    ['When someone speaks', '-24', { ducking: { on: true, levelDb: -24 } }],
    ['When someone speaks', '0', { ducking: { on: false, levelDb: -24 } }],
    ['When the playlist ends', 'repeat', { atEnd: 'repeat' }]
  ] as const) {
    const answered = host.page.waitForResponse(response => response.request().method() === 'PATCH')
    await chooseRule(label, value)
    t.match(await (await answered).json(), { settings })
  }
})

t.test("a host mutes and unmutes a person's comments, and that person is notified", async t => {
  const choose = async (item: string) => {
    await host.page.getByRole('button', { name: 'More options for Guest’s comment' }).last().click()
    await host.page.getByRole('menuitem', { name: item, exact: true }).click()
  }
  await choose('Mute comments')
  await guest.page.getByText('A host has muted your comments').waitFor()
  await choose('Unmute comments')
  await guest.page.getByLabel('Your comment').waitFor()
  t.pass('the composer shows both changes')
})

t.test('a comment written while the connection is lost arrives exactly once after reconnecting', async t => {
  await server.stop('SIGKILL')
  await guest.page.getByText('Connection lost').waitFor()
  await postComment(guest, 'Out of the dark')
  await guest.page.getByText('Sending…').waitFor()
  await server.restart()
  await commentWith(host.page, 'Out of the dark').waitFor()
  await guest.page.getByText('Sending…').waitFor({ state: 'detached' })
  t.equal(await commentWith(guest.page, 'Out of the dark').count(), 1)
  t.equal(await commentWith(host.page, 'Out of the dark').count(), 1)
})

t.test('everybody sees a reaction, and it disappears', async t => {
  await guest.page.getByRole('button', { name: 'React', exact: true }).click()
  await guest.page.getByRole('button', { name: 'Celebration' }).click()
  await host.page.getByText('🎉').waitFor()
  await host.page.getByText('🎉').waitFor({ state: 'detached' })
  t.pass('it disappears')
})

t.test('a banned person cannot come back until a host unbans them', async t => {
  const tools = host.page.getByRole('dialog')
  await host.page.getByRole('button', { name: 'Tools' }).click()
  await tools.getByLabel('Find someone').fill('gue')
  await tools.getByRole('button', { name: 'More options for Guest' }).click()
  await host.page.getByRole('menuitem', { name: 'Ban from show' }).click()
  await host.page.getByRole('alertdialog').getByRole('button', { name: 'Ban' }).click()
  await guest.page.getByText('You were removed from the show').waitFor()
  await guest.page.goto(address)
  await guest.page.getByText('You can’t join this show').waitFor()
  await tools.getByRole('tab', { name: 'Log' }).click()
  await tools.getByText('banned Guest').waitFor()
  await tools.getByRole('tab', { name: 'Banned' }).click()
  await tools.getByRole('button', { name: 'Unban Guest' }).click()
  await tools.getByText('No one is banned').waitFor()
  await joinShow(guest, address)
  t.pass('back')
})
