import t from 'tap'
import type { EmailAddress } from '../../contract/email.ts'
import type { Show } from '../../contract/shows.ts'
import { startServer } from '../server-process.ts'
import { startMailServer } from '../standins/mail-server.ts'
import { until } from '../until.ts'
import { signIn } from '../users.ts'
import { checkScreen, phone } from './accessibility.ts'
import { signInVisitor } from './show-steps.ts'

const mailServer = await startMailServer()
const server = await startServer({ SMTP_URL: mailServer.url, MAIL_FROM: 'Radio <radio@example.org>' })
t.teardown(async () => {
  await server.close()
  await mailServer.close()
})
const address = 'fan@example.org'

async function linkOfMail(n: number, path: string): Promise<string> {
  await until(() => mailServer.mailsTo(address).length > n, 30_000)
  const { text = '' } = mailServer.mailsTo(address)[n]?.parsed ?? {}
  const [link = ''] = new RegExp(`${server.url}${path}\\S+`).exec(text) ?? []
  return link
}

t.test('a person confirms an address, gets mail of a show, and stops it', async t => {
  const fan = await signIn(server.url, 'Fan')
  const { page, close } = await signInVisitor(server.url, 'Somebody else', { viewport: phone })
  t.teardown(close)
  const statusOf = async () => (await fan.rest<EmailAddress>('GET', '/v1/users/me/email')).status
  await fan.rest('PUT', '/v1/users/me/email', { address })
  await page.goto(await linkOfMail(0, '/email/confirm'))
  await page.getByRole('heading', { name: 'Confirm your address', exact: true }).waitFor()
  await checkScreen(t, page, 'confirming an address')
  t.equal(await statusOf(), 'waiting', 'opening the link changes nothing')
  await page.getByRole('button', { name: 'Confirm this address' }).click()
  await page.getByRole('heading', { name: 'Your address is confirmed' }).waitFor()
  t.equal(await statusOf(), 'verified')

  const creator = await signIn(server.url, 'Creator')
  await fan.rest('PUT', `/v1/users/${creator.id}/follow`)
  await fan.rest('PATCH', '/v1/users/me/notifications', { email: true })
  const { id } = await creator.rest<Show>('POST', '/v1/shows', { title: 'Songs' })
  await creator.rest('POST', `/v1/shows/${id}/start`)
  await page.goto(await linkOfMail(1, '/email/unsubscribe'))
  await page.getByRole('heading', { name: 'Stop mail about shows', exact: true }).waitFor()
  await checkScreen(t, page, 'stopping mail')
  await page.getByRole('button', { name: 'Stop the mail' }).click()
  await page.getByRole('heading', { name: 'You get no more mail about shows' }).waitFor()
  t.match(await fan.rest('GET', '/v1/users/me/notifications'), { email: false })

  await page.goto(await linkOfMail(1, '/email/block'))
  await page.getByRole('heading', { name: 'Stop all mail', exact: true }).waitFor()
  await checkScreen(t, page, 'stopping all mail')
  await page.getByRole('button', { name: 'Stop all mail' }).click()
  await page.getByRole('heading', { name: 'You get no more mail from here' }).waitFor()
  t.equal(await statusOf(), 'refused')
  await checkScreen(t, page, 'all mail is stopped')
  await page.getByRole('button', { name: 'Allow mail again' }).click()
  await page.getByText('Ambient may send mail to your mailbox again.').waitFor()
  t.equal(await statusOf(), 'verified')

  await page.goto(`${server.url}/email/confirm?token=nothing`)
  await page.getByRole('button', { name: 'Confirm this address' }).click()
  await page.getByRole('alert').getByText('This link has ended').waitFor()
  await page.goto(`${server.url}/email/confirm`)
  await page.getByRole('heading', { name: 'This link is not complete' }).waitFor()
})
