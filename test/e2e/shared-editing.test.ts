import t from 'tap'
import { startServer } from '../server-process.ts'
import { checkScreen, desktop, phone } from './accessibility.ts'
import { startDrag, waitForFocus } from './keyboard-steps.ts'
import { chooseFromMenu, goLive, joinShow, signInVisitor } from './show-steps.ts'
import { waitForPlaylistTitles } from './spotify-steps.ts'
import { apiClientOf, prepareSongs, toneSong } from './test-songs.ts'

const server = await startServer({ DRAIN_DEADLINE_MS: '1' })
const host = await signInVisitor(server.url, 'Ana')
const other = await signInVisitor(server.url, 'Ben')
t.teardown(async () => {
  await Promise.all([host.close(), other.close()])
  await server.close()
})
const titles = ['song 1', 'song 2', 'song 3']
const address = await goLive(host, 'Two hosts')
await joinShow(other, address)
await prepareSongs(
  server.url,
  await apiClientOf(server.url, host),
  address.split('/').at(-1)!,
  titles.map(() => toneSong(440, 5))
)
await host.page.getByRole('button', { name: 'Tools' }).click()
await host.page.getByRole('dialog').getByRole('button', { name: 'More options for Ben' }).click()
await host.page.getByRole('menuitem', { name: /co-host/ }).click()
await closeDialog('Tools')
for (const { page } of [host, other]) await waitForPlaylistTitles(page, titles)

/** Closes a dialog of the first host, and waits until the button that opened it has the focus again. */
async function closeDialog(opener: string): Promise<void> {
  await host.page.getByRole('button', { name: 'Close', exact: true }).click()
  await host.page.waitForFunction(name => document.activeElement?.textContent === name, opener)
}

t.test('a host sees which item another host drags, and no longer than that', async t => {
  const { page } = other
  const badge = page.getByRole('row', { name: 'song 2' }).getByText('Ana is moving this')
  await startDrag(host.page, 'song 2')
  await badge.waitFor()
  await page.getByRole('status').getByText('Ana is moving song 2.').waitFor({ state: 'attached' })
  t.equal(await host.page.getByText('is moving').count(), 0, 'nobody sees their own edit')
  await checkScreen(t, page, 'a host edits an item', [phone, desktop])
  await page.setViewportSize(desktop)
  await host.page.keyboard.press('Escape')
  await badge.waitFor({ state: 'detached' })

  await host.page.getByRole('button', { name: 'Add music' }).click()
  await page.locator('p').getByText('Ana is adding music.').first().waitFor()
  await closeDialog('Add music')
  await page.getByText('Ana is adding music.').first().waitFor({ state: 'detached' })
})

t.test('a host whose item another one removed meanwhile learns who did it, and can add it again', async t => {
  const { page } = host
  await startDrag(host.page, 'song 2')
  await chooseFromMenu(other.page, 'song 2', 'Remove')
  await waitForPlaylistTitles(other.page, ['song 1', 'song 3'])
  const notice = page.getByText('Ben changed the playlist at the same time. “song 2” was removed while you moved it.')
  await notice.waitFor({ state: 'attached' })
  await page.keyboard.press('Escape')
  await notice.waitFor()
  await checkScreen(t, page, 'a conflict', [phone, desktop])
  await page.setViewportSize(desktop)
  await page.getByRole('button', { name: 'Add again' }).click()
  await notice.waitFor({ state: 'detached' })
  for (const each of [page, other.page]) await waitForPlaylistTitles(each, titles)

  await startDrag(host.page, 'song 3')
  await chooseFromMenu(other.page, 'song 3', 'Remove')
  await page.getByText('“song 3” was removed').waitFor({ state: 'attached' })
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Dismiss' }).click()
  await page.getByText('“song 3” was removed').waitFor({ state: 'detached' })
  await waitForFocus(page, /Drag/)
  t.match(await page.evaluate(() => document.activeElement?.getAttribute('aria-label')), 'Drag', 'the focus stays near')
  await waitForPlaylistTitles(page, ['song 1', 'song 2'])
})
