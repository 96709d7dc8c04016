import t from 'tap'
import type { ShowReminders } from '../../contract/reminders.ts'
import { startServer } from '../server-process.ts'
import { signIn } from '../users.ts'
import { checkScreen, desktop, phone } from './accessibility.ts'
import { signInVisitor } from './show-steps.ts'
import { apiClientOf } from './test-songs.ts'

const server = await startServer({ NOTIFY_PRIVATE_ADDRESSES: 'on' })
const person = await signInVisitor(server.url, 'Person')
t.teardown(async () => {
  await person.close()
  await server.close()
})
const { page } = person

t.test('a reminder of a signed-in person is kept by the server, for all of their devices', async t => {
  const creator = await signIn(server.url, 'Creator')
  const startsAt = new Date(Date.now() + 86_400_000).toISOString()
  await creator.rest('POST', '/v1/shows', { title: 'Tomorrow', startsAt })
  const api = await apiClientOf(server.url, person)
  const reminded = async () =>
    (await api.rest<ShowReminders>('GET', '/v1/users/me/reminders')).items.map(({ title }) => title)
  await page.goto(server.url)
  await page.getByRole('button', { name: 'Remind me about Tomorrow' }).click()
  await page.getByText('by the notifications and e-mail that are on in your settings').waitFor()
  t.same(await reminded(), ['Tomorrow'])
  // As on another device of the same account.
  await page.evaluate(() => localStorage.removeItem('ambient:reminders'))
  await page.reload()
  await page.getByRole('button', { name: 'Reminder set for Tomorrow, remove' }).click()
  await page.getByRole('button', { name: 'Remind me about Tomorrow' }).waitFor()
  t.same(await reminded(), [])
})

t.test('a creator adds a webhook, sees its secret once, tests it and deletes it', async t => {
  await page.goto(`${server.url}/settings`)
  const section = page.getByRole('region', { name: 'Webhooks' })
  await section.getByRole('button', { name: 'Add a webhook' }).click()
  await section.getByLabel('Address').fill('http://127.0.0.1:9/hooks')
  await section.getByText('A show ends').click()
  await section.getByRole('button', { name: 'Add', exact: true }).click()
  const secret = section.getByRole('textbox', { name: /Secret of the signatures/ })
  t.match(await secret.inputValue(), /^whsec_/)
  await section.getByText('On · A show is planned, A show starts').waitFor()
  await section.getByRole('button', { name: 'Send a test to http://127.0.0.1:9/hooks' }).click()
  await section
    .getByRole('listitem')
    .filter({ hasText: /^Test · / })
    .waitFor()
  await checkScreen(t, page, 'settings with a webhook', [phone, desktop])
  await page.reload()
  await section.getByRole('button', { name: 'Pause http://127.0.0.1:9/hooks' }).click()
  await section.getByText('Off · A show is planned, A show starts').waitFor()
  t.equal(await secret.count(), 0, 'the secret is shown once')
  await section.getByRole('button', { name: 'Delete http://127.0.0.1:9/hooks' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click()
  await section.getByText('http://127.0.0.1:9/hooks').waitFor({ state: 'detached' })
})

t.test('an e-mail address shows what is left to do', async t => {
  const section = page.getByRole('region', { name: 'Notifications' })
  await page.goto(`${server.url}/settings`)
  await section.getByText('This server sends no e-mail.').waitFor()
  let email = { isAvailable: true, address: null as string | null, status: 'none', expiresAt: null as string | null }
  await page.route('**/v1/users/me/email', async route => {
    const request = route.request()
    if (request.method() === 'PUT') {
      const { address }: { address: string } = request.postDataJSON()
      email = { ...email, address, status: 'waiting', expiresAt: '2040-01-01T12:00:00.000Z' }
    }
    await route.fulfill({ json: email })
  })
  await page.reload()
  await section.getByLabel('E-mail address').fill('anna@example.org')
  await section.getByRole('button', { name: 'Send the link' }).click()
  await section.getByText('Open the link in the mail that we sent.').waitFor()
  await checkScreen(t, page, 'settings with an address that waits', [phone, desktop])
  email = { ...email, status: 'verified', expiresAt: null }
  await section.getByText('Confirmed').waitFor()
  await section.getByText('Send me e-mail').waitFor()
})
