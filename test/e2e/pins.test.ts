import type { Page } from 'playwright-core'
import t from 'tap'
import { startServer } from '../server-process.ts'
import { checkScreen, desktop, phone } from './accessibility.ts'
import {
  chooseFromMenu,
  closeHostTools,
  goLive,
  joinShow,
  openHostTools,
  postComment,
  signInVisitor
} from './show-steps.ts'

const server = await startServer()
t.teardown(async () => await server.close())

const pinned = (page: Page) => page.getByRole('region', { name: 'Pinned' })

t.test('hosts pin a comment and a link, and listeners see them on a phone and beside the show', async t => {
  const host = await signInVisitor(server.url, 'Host')
  const onPhone = await signInVisitor(server.url, 'On a phone', { viewport: phone })
  const atDesk = await signInVisitor(server.url, 'At a desk', { viewport: desktop })
  t.teardown(async () => await Promise.all([host.close(), onPhone.close(), atDesk.close()]))
  const address = await goLive(host, 'A show with a pin')
  await joinShow(onPhone, address)
  await joinShow(atDesk, address)
  await postComment(atDesk, 'What is the name of this song? <b>Please</b>')

  await chooseFromMenu(host.page, 'At a desk’s comment', 'Pin comment')
  await pinned(atDesk.page).getByText('What is the name of this song? <b>Please</b>').waitFor()
  await pinned(onPhone.page).getByText('What is the name of this song?').waitFor()
  await checkScreen(t, atDesk.page, 'a pinned comment', [phone, desktop])
  t.equal(await atDesk.page.getByRole('button', { name: 'Unpin' }).count(), 0, 'listeners unpin nothing')
  await onPhone.page.getByRole('button', { name: 'Open comments' }).click()
  await pinned(onPhone.page).waitFor()
  t.equal(await pinned(onPhone.page).count(), 1, 'above the comments, and not below them')
  await onPhone.page.getByRole('button', { name: 'Close comments' }).click()

  await atDesk.page.setViewportSize(desktop)
  await atDesk.page.getByRole('button', { name: 'Close what is pinned' }).click()
  await pinned(atDesk.page).waitFor({ state: 'detached' })
  await atDesk.page.locator('#comments:focus').waitFor()
  t.equal(await atDesk.page.evaluate(() => document.activeElement?.id), 'comments', 'the focus stays at the comments')
  await atDesk.page.reload()
  await atDesk.page.getByRole('button', { name: 'Leave' }).waitFor()
  t.equal(await pinned(atDesk.page).count(), 0, 'closed in this browser')
  t.equal(await pinned(onPhone.page).count(), 1, 'for oneself only')

  await openHostTools(host, 'Audience')
  await host.page.getByLabel('Address').fill('https://example.com/tickets')
  await host.page.getByLabel('Text of the link').fill('Tickets for Friday')
  await checkScreen(t, host.page, 'pinning a link', [phone, desktop])
  await host.page.getByRole('button', { name: 'Pin link' }).click()
  await host.page.getByRole('status').filter({ hasText: 'Link pinned.' }).waitFor()
  const link = pinned(atDesk.page).getByRole('link', { name: /Tickets for Friday/ })
  await link.waitFor()
  t.equal(await link.getAttribute('href'), 'https://example.com/tickets')
  t.equal(await link.getAttribute('rel'), 'noopener noreferrer nofollow ugc')
  await pinned(atDesk.page).getByText('example.com').waitFor()
  await checkScreen(t, onPhone.page, 'a pinned link', [phone, desktop])

  await closeHostTools(host)
  await host.page.getByRole('button', { name: 'Unpin' }).click()
  await pinned(onPhone.page).waitFor({ state: 'detached' })
  await pinned(atDesk.page).waitFor({ state: 'detached' })
})
