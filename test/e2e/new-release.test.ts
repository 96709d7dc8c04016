import t from 'tap'
import { startServer } from '../server-process.ts'
import { goLive as startShow } from '../users.ts'
import { checkScreen, desktop, phone } from './accessibility.ts'
import { joinShow, signInVisitor } from './show-steps.ts'

const server = await startServer()
t.teardown(async () => await server.close())

t.test('a page that the new version has replaced leaves the show alone', async t => {
  const { client, showId } = await startShow(server.url)
  const listener = await signInVisitor(server.url, 'Listener')
  const { page } = listener
  t.teardown(async () => {
    await page.unrouteAll({ behavior: 'ignoreErrors' })
    await listener.close()
    client.disconnect()
  })
  await joinShow(listener, `${server.url}/shows/${showId}`)
  // The server has the files of another version by now.
  await page.route('**/assets/library-*.js', async route => await route.fulfill({ status: 404 }))
  await page.route(`${server.url}/`, async route => {
    const response = await route.fetch()
    await route.fulfill({
      response,
      body: (await response.text()).replaceAll(/assets\/index-[\w-]+/g, 'assets/index-2')
    })
  })
  await page.getByRole('link', { name: 'Your songs' }).click()
  const alert = page.getByRole('alert')
  await alert
    .getByText('A new version of Ambient is here. Open this page in another tab. Your show goes on here.')
    .waitFor()
  t.equal(
    await alert.getByRole('link', { name: 'Open this page in another tab' }).getAttribute('href'),
    `${server.url}/library`
  )
  t.equal(await alert.getByRole('button').count(), 0, 'nothing here ends the show')
  await page.getByRole('region', { name: 'Your show', exact: true }).getByRole('button', { name: 'Leave' }).waitFor()
  await checkScreen(t, page, 'a page of an earlier version', [phone, desktop])
  await page.getByRole('button', { name: 'Leave' }).click()
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('link', { name: 'Your songs' }).click()
  await alert.getByRole('button', { name: 'Reload the page' }).waitFor()
  t.pass('without a show it reloads')
})
