import { readFile } from 'node:fs/promises'
import t from 'tap'
import { signIn } from '../users.ts'
import { startServer } from '../server-process.ts'
import { signInVisitor, scheduleShow } from './show-steps.ts'

const server = await startServer({ AUTH_GUESTS: 'on' })
const host = await signInVisitor(server.url, 'Host')
const fan = await signInVisitor(server.url, 'Fan')
t.teardown(async () => {
  await Promise.all([host.close(), fan.close()])
  await server.close()
})
let hostAddress = ''

t.test('a person edits their profile, with a picture and support links', async t => {
  const { page } = host
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByLabel('About you').fill('I talk at night.')
  await page.getByRole('button', { name: 'Add a link' }).click()
  const link = page.getByRole('group', { name: 'Link 1' })
  await link.getByLabel('Name').fill('My shop')
  await link.getByLabel('Address').fill('http://shop.example/me')
  await page.getByText('The address must start with https://').waitFor()
  t.ok(await page.getByRole('button', { name: 'Save', exact: true }).isDisabled(), 'not with an invalid link')
  await link.getByLabel('Address').fill('https://shop.example/me')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('Saved.').waitFor()

  const picture = await page.screenshot()
  await page.locator('input[type=file]').setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: picture })
  await page.locator('header img[src*="/avatars/"]').waitFor()
  await page.getByRole('button', { name: 'Remove picture' }).waitFor()
  await page.getByRole('link', { name: 'Your profile, Host' }).click()
  await page.getByText('I talk at night.').waitFor()
  hostAddress = page.url()
  const support = page.getByRole('link', { name: /My shop/ })
  t.equal(await support.getAttribute('href'), 'https://shop.example/me')
  t.match(await support.getAttribute('rel'), /noopener.*nofollow.*ugc/)
})

t.test('a fan follows and unfollows a host', async t => {
  const { page } = fan
  await page.goto(hostAddress)
  await page.getByRole('button', { name: 'Follow Host' }).click()
  await page.getByRole('link', { name: '1 follower' }).click()
  await page.getByRole('heading', { name: 'Followers' }).waitFor()
  await page.getByRole('listitem').getByRole('link', { name: 'Fan' }).waitFor()
  await page.goBack()
  await page.getByRole('button', { name: 'Following Host, unfollow' }).waitFor()
  await scheduleShow(host.page, 'Host’s next evening')
  const stranger = await signIn(server.url, 'Stranger')
  await stranger.rest('POST', '/v1/shows', { title: 'A stranger’s evening', startsAt: '2040-01-01T00:00:00.000Z' })
  await page.goto(server.url)
  await page
    .getByRole('region', { name: 'From people you follow' })
    .getByRole('link', { name: 'Host’s next evening', exact: true })
    .waitFor()
  await page
    .getByRole('region', { name: 'Coming up' })
    .getByRole('link', { name: 'A stranger’s evening', exact: true })
    .waitFor()
  t.equal(await page.getByRole('link', { name: /evening$/ }).count(), 2, 'each show is listed once')
  await page.goto(hostAddress)
  await page.getByRole('button', { name: 'Following Host, unfollow' }).click()
  await page.getByRole('link', { name: '0 followers' }).waitFor()
  t.equal(await page.title(), 'Host · Ambient')
})

t.test('a fan reports a host', async t => {
  const { page } = fan
  await page.getByRole('button', { name: 'More options for Host' }).click()
  await page.getByRole('menuitem', { name: 'Report' }).click()
  const dialog = page.getByRole('dialog')
  t.ok(await dialog.getByRole('button', { name: 'Send report' }).isDisabled(), 'not without a reason')
  await dialog.getByLabel('What’s wrong?').fill('They play the same song all night.')
  await dialog.getByRole('button', { name: 'Send report' }).click()
  await dialog.getByText('Thank you').waitFor()
  await dialog.getByRole('button', { name: 'Done' }).click()
  await dialog.waitFor({ state: 'hidden' })
})

t.test('a host blocks and unblocks a fan', async t => {
  const { page } = host
  const { id } = await fan.page.evaluate(
    () => JSON.parse(localStorage.getItem('ambient:account') ?? '').user as { id: string }
  )
  await page.goto(`${server.url}/users/${id}`)
  await page.getByRole('button', { name: 'More options for Fan' }).click()
  await page.getByRole('menuitem', { name: 'Block' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Block' }).click()
  await page.getByText('You blocked Fan.').waitFor()
  await page.goto(`${server.url}/settings`)
  await page.getByRole('button', { name: 'Unblock Fan' }).click()
  await page.getByText('You haven’t blocked anyone').waitFor()
  t.equal(await page.getByRole('button', { name: 'Unblock Fan' }).count(), 0)
})

t.test('the settings list the sign-ins and download the personal data', async t => {
  const { page } = fan
  await page.goto(`${server.url}/settings`)
  await page.getByText(/^This device/).waitFor()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download my data' }).click()
  ])
  t.match(await readFile(await download.path(), 'utf8'), '"displayName": "Fan"')
})

t.test('deleting the account requires typing the name', async t => {
  const { page } = fan
  await page.getByRole('button', { name: 'Delete my account' }).click()
  const dialog = page.getByRole('dialog')
  const erase = dialog.getByRole('button', { name: 'Delete for good' })
  t.ok(await erase.isDisabled())
  await dialog.getByLabel('Type “Fan” to confirm').fill('Fan')
  await erase.click()
  await page.getByRole('heading', { name: 'Live now' }).waitFor()
  await page.getByRole('link', { name: 'Sign in' }).waitFor()
})

t.test('a guest signs in with one button, returns to the page before, and sees what guests can do', async t => {
  const { page } = fan
  await page.goto(hostAddress)
  await page.getByRole('button', { name: 'Follow Host' }).click()
  await page.getByRole('button', { name: 'Listen as a guest' }).click()
  await page.waitForURL(hostAddress)
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByText('You’re listening as a guest').waitFor()
  t.equal(await page.getByLabel('About you').count(), 0)
})

t.test('signing in never redirects to another site', async t => {
  const { page } = fan
  for (const elsewhere of ['https://elsewhere.example/', '//elsewhere.example/', '/\\elsewhere.example/']) {
    await page.goto(`${server.url}/sign-in?to=${encodeURIComponent(elsewhere)}`)
    await page.getByRole('button', { name: 'Listen as a guest' }).click()
    await page.getByRole('heading', { name: 'Live now' }).waitFor()
    t.equal(page.url(), `${server.url}/`)
  }
})
