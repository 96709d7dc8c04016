import t, { type Test } from 'tap'
import { parseSmtpUrl, type SmtpServer } from '../../../../config/smtp-url.ts'
import { createMailer, type Mail, type MailResult } from '../../../../plugins/app/notifications/email/mailer.ts'
import { until } from '../../../until.ts'
import { createAuthority } from '../../../standins/nginx/authority.ts'
import { startMailServer, type MailServerOptions, type MailServerStandIn } from '../../../standins/mail-server.ts'

t.jobs = 6
const authority = await createAuthority(t.testdir())
const credentials = { user: 'radio', pass: 'p@ss:word' }
const mail = { to: 'anna@example.org', subject: 'Hello', text: 'Hello', html: '<p>Hello</p>' }

interface Setting {
  server: MailServerStandIn
  send(changes?: Partial<Mail>): Promise<MailResult>
}

async function setting(
  t: Test,
  options: MailServerOptions = {},
  { timeoutMs = 10_000, caFile, ...changes }: Partial<SmtpServer> & { timeoutMs?: number; caFile?: string } = {}
): Promise<Setting> {
  const server = await startMailServer(options)
  const target = { host: '127.0.0.1', port: server.port, isSecure: false, credentials: undefined, ...changes }
  const mailer = createMailer({ server: target, caFile, from: 'Radio <radio@example.org>', timeoutMs })
  t.teardown(async () => {
    mailer.close()
    await server.close()
  })
  return { server, send: async (changes = {}) => await mailer.send({ ...mail, ...changes }) }
}

t.test('signs in over STARTTLS with a certificate of the given authority', { buffered: true }, async t => {
  const { server, send } = await setting(
    t,
    { authority, credentials },
    { credentials, caFile: authority.ownCertificate }
  )
  t.same(await send(), { state: 'sent' })
  t.match(server.mails, [{ from: 'radio@example.org', to: ['anna@example.org'], isEncrypted: true, user: 'radio' }])
  const [received] = server.mails
  t.match(received?.parsed, { subject: 'Hello', text: /^Hello\n?$/, html: /<p>Hello<\/p>/ })
  t.equal(received?.parsed.headers.get('auto-submitted'), 'auto-generated')
  t.equal(received?.parsed.from?.text, '"Radio" <radio@example.org>')
})

t.test('sends no password without TLS, nor to a server with another certificate', { buffered: true }, async t => {
  const plain = await setting(t, { credentials }, { credentials })
  t.match(await plain.send(), { state: 'again' })
  t.same(plain.server.mails, [])
  const unknown = await setting(t, { authority, credentials }, { credentials })
  t.match(await unknown.send(), { state: 'again' })
  t.same(unknown.server.mails, [])
})

t.test('a wrong password is repeated later, and nothing tells it', { buffered: true }, async t => {
  const wrong = { user: 'radio', pass: 'other-password' }
  const { send } = await setting(
    t,
    { authority, credentials },
    { credentials: wrong, caFile: authority.ownCertificate }
  )
  t.same(await send(), { state: 'again', reason: 'EAUTH 535' })
})

/** Answers of the server to a recipient or a content, and what they mean. */
const meanings: readonly (readonly ['recipient' | 'content', number, string, MailResult['state']])[] = [
  ['recipient', 550, '5.1.1 no such user', 'refused'],
  ['recipient', 550, 'no such user', 'refused'],
  ['recipient', 550, '5.2.1 mailbox disabled', 'refused'],
  ['recipient', 552, '5.2.2 mailbox full', 'rejected'],
  ['recipient', 550, '5.7.1 your address is blocked', 'rejected'],
  ['recipient', 554, 'blocked', 'rejected'],
  ['recipient', 450, '4.2.1 try later', 'again'],
  ['content', 554, '5.7.1 looks like spam', 'rejected'],
  ['content', 451, '4.3.0 try later', 'again']
]
t.test('answers of the server mean what they say', { buffered: true }, async t => {
  const { server, send } = await setting(t)
  for (const [at, code, text, state] of meanings) {
    server.refuse(at, mail.to, { code, text })
    const result = await send()
    t.equal(result.state, state, `${at} ${code} ${text}`)
    t.notOk(JSON.stringify(result).includes('anna'), 'the result has no address')
  }
  t.same(await send(), { state: 'sent' })
})

t.test('a server that does not answer holds up a mail for some time only', { buffered: true }, async t => {
  const { server, send } = await setting(t, {}, { timeoutMs: 300 })
  const { promise, resolve } = Promise.withResolvers<void>()
  server.delay(mail.to, promise)
  t.match(await send(), { state: 'again' })
  resolve()
  // A slow machine may need more than this short time.
  await until(async () => (await send({ to: 'other@example.org' })).state === 'sent')
  const nobody = createMailer({
    server: { host: '127.0.0.1', port: 1, isSecure: false, credentials: undefined },
    from: 'radio@example.org',
    timeoutMs: 300
  })
  t.match(await nobody.send(mail), { state: 'again' })
  nobody.close()
})

t.test('a server that does not answer holds up a shutdown for some time only', { buffered: true }, async t => {
  const server = await startMailServer()
  const closing = new AbortController()
  const target = { host: '127.0.0.1', port: server.port, isSecure: false, credentials: undefined }
  const mailer = createMailer({
    ...{ server: target, from: 'radio@example.org', timeoutMs: 600_000 },
    ...{ signal: closing.signal, closingMs: 3000 }
  })
  const { promise, resolve } = Promise.withResolvers<void>()
  t.teardown(async () => {
    resolve()
    mailer.close()
    await server.close()
  })
  server.delay(mail.to, promise)
  const sent = mailer.send(mail)
  closing.abort()
  t.match(await mailer.send({ ...mail, to: 'other@example.org' }), { state: 'sent' }, 'a mail in progress goes out')
  t.match(await sent, { state: 'again' })
})

t.test('no text makes a header or another recipient', { buffered: true }, async t => {
  const { server, send } = await setting(t)
  const injections = [
    'Hello\r\nBcc: victim@example.org',
    'Hello\nX-Evil: 1\n\nbody',
    'Hello\u2028Bcc: a@b.c',
    '\r\n\r\n'
  ]
  for (const subject of injections) t.same(await send({ subject, text: subject, html: subject }), { state: 'sent' })
  await send({ to: 'anna@example.org, victim@example.org' })
  await send({ to: 'anna@example.org\r\nRCPT TO:<victim@example.org>' })
  for (const { to, parsed } of server.mails) {
    t.notOk(to.includes('victim@example.org'))
    t.notOk(parsed.bcc)
    t.notOk(parsed.headers.has('x-evil'))
  }
  await send({ subject: `${'🎧'.repeat(300)}` })
  t.equal(server.mails.at(-1)?.parsed.subject, '🎧'.repeat(150))
})

t.test('addresses of servers are read whole or not at all', async t => {
  t.same(parseSmtpUrl('smtp://mail.example.org'), {
    ...{ host: 'mail.example.org', port: 587, isSecure: false, credentials: undefined }
  })
  t.same(parseSmtpUrl('smtps://me%40x:p%3Aw@[::1]:2465/'), {
    ...{ host: '::1', port: 2465, isSecure: true, credentials: { user: 'me@x', pass: 'p:w' } }
  })
  for (const url of ['mail.example.org', 'smtp://', 'smtp://a@h', 'smtp://h/?x=1', 'smtp://h:0', 'smtp://%zz:x@h']) {
    t.equal(parseSmtpUrl(url), null, url)
  }
})
