import t from 'tap'
import type { EmailAddress } from '../../../../contract/email.ts'
import type { Show } from '../../../../contract/shows.ts'
import type { EmailAddressDocument } from '../../../../plugins/app/notifications/email/email-addresses.ts'
import { createMailLimits, type MailLimitDocument } from '../../../../plugins/app/notifications/email/mail-limits.ts'
import type { MessageDocument } from '../../../../plugins/app/notifications/queue/documents.ts'
import { startApp, until } from '../../../realtime/real-app.ts'
import { createUserRequests } from '../../../routes/users/user-requests.ts'
import { startMailServer, type ReceivedMail } from '../../../standins/mail-server.ts'
import { signIn, type TestUser } from '../../../users.ts'

t.jobs = 6
const server = await startMailServer()
t.teardown(async () => await server.close())
const { app, url } = await startApp(t, { SMTP_URL: server.url, MAIL_FROM: 'Radio <radio@example.org>' })
const { send } = createUserRequests(url)
const stored = app.db.collection<EmailAddressDocument>('emailAddresses')
const messages = app.db.collection<MessageDocument>('notificationMessages')
const path = '/v1/users/me/email'
let count = 0
const newAddress = () => `anna-${++count}@example.org`

const enter = async (person: TestUser, address: string) => await send<EmailAddress>(person, 'PUT', path, { address })
const stateOf = async (person: TestUser) => (await send<EmailAddress>(person, 'GET', path)).body
const tokenIn = (text = '') => /token=([\w.-]+)/.exec(text)?.[1] ?? ''

async function mailTo(address: string, n = 0): Promise<ReceivedMail> {
  await until(() => server.mailsTo(address).length > n)
  const mail = server.mailsTo(address)[n]
  if (!mail) throw new Error('there is no mail')
  return mail
}

const verify = async (token: string) => await send(null, 'POST', '/v1/email/verify', { token })

/** A creator, and a follower who chose e-mail and has verified an address. */
async function setting(): Promise<{ creator: TestUser; fan: TestUser; address: string }> {
  const [creator, fan, address] = [await signIn(url, 'Creator'), await signIn(url, 'Fan'), newAddress()]
  await send(fan, 'PUT', `/v1/users/${creator.id}/follow`)
  await enter(fan, address)
  await verify(tokenIn((await mailTo(address)).parsed.text))
  await send(fan, 'PATCH', '/v1/users/me/notifications', { email: true })
  return { creator, fan, address }
}

async function goLive(creator: TestUser, title = 'Songs 🎧 from the <kitchen>'): Promise<Show> {
  const { id } = (await send<Show>(creator, 'POST', '/v1/shows', { title })).body
  return (await send<Show>(creator, 'POST', `/v1/shows/${id}/start`)).body
}

async function outcomeOf(show: Show, fan: TestUser): Promise<MessageDocument['outcome']> {
  const _id = `${show.id}:started:email:${fan.id}`
  await until(async () => (await messages.findOne({ _id }))?.outcome !== undefined)
  return (await messages.findOne({ _id }))?.outcome
}

t.test('requests at the same time count each mail once', { buffered: true }, async t => {
  const limits = await createMailLimits({
    ...{ limits: app.db.collection<MailLimitDocument>('mailLimitsOfTest'), hash: (text: string) => text },
    ...{ maxPerHour: 6, nowMs: Date.now }
  })
  const people = Array.from({ length: 8 }, (_, n) => n)
  const results = await Promise.allSettled(
    people.map(async n => await limits.count(`person ${n}`, `anna@${n}.example.org`))
  )
  t.equal(results.filter(({ status }) => status === 'fulfilled').length, 6)
})

t.test('an address counts when its link is confirmed, and not when it is opened', { buffered: true }, async t => {
  const [fan, address] = [await signIn(url, 'Fan with a <b>name</b>'), newAddress()]
  t.same(await stateOf(fan), { isAvailable: true, address: null, status: 'none', expiresAt: null })
  t.match((await enter(fan, address)).body, { address, status: 'waiting' })
  const { parsed, to } = await mailTo(address)
  t.same(to, [address])
  t.match(parsed.subject, /^Confirm your e-mail address for 127\.0\.0\.1/)
  t.match(parsed.text, `${url}/email/confirm?token=`)
  t.notOk(`${parsed.text}${parsed.html}`.includes('name</b>'), 'no text of a person: anybody may enter any address')
  const token = tokenIn(parsed.text)
  await fetch(`${url}/email/confirm?token=${token}`)
  await fetch(`${url}/v1/email/verify?token=${token}`)
  t.equal((await stateOf(fan)).status, 'waiting', 'a scanner of mail opens all links')
  t.equal((await verify(`${token}x`)).status, 404)
  t.equal((await verify(token)).status, 204)
  t.same(await stateOf(fan), { isAvailable: true, address, status: 'verified', expiresAt: null })
  t.equal((await verify(token)).status, 204, 'pressed twice')
  t.equal((await enter(fan, address)).body.status, 'verified')
  t.equal(server.mailsTo(address).length, 1, 'no further mail to a verified address')
})

t.test('a link ends: in time, with another address, and for another purpose', { buffered: true }, async t => {
  const [fan, first, second] = [await signIn(url, 'Fan'), newAddress(), newAddress()]
  await enter(fan, first)
  const token = tokenIn((await mailTo(first)).parsed.text)
  await stored.updateOne({ _id: fan.id }, { $set: { 'check.expiresAt': new Date() } })
  t.equal((await verify(token)).status, 404)
  await enter(fan, first)
  await mailTo(first, 1)
  t.equal((await verify(token)).status, 204, 'the links of earlier mails to the address work too')
  await enter(fan, second)
  const other = tokenIn((await mailTo(second)).parsed.text)
  t.equal((await verify(token)).status, 404)
  t.equal((await stateOf(fan)).status, 'waiting')
  t.equal((await send(null, 'POST', `/v1/email/unsubscribe?token=${other}`)).status, 404)
  t.equal((await send(fan, 'DELETE', path)).status, 204)
  t.equal((await verify(other)).status, 404)
})

t.test('followers who chose e-mail get one mail when a show starts', { buffered: true }, async t => {
  const { creator, fan, address } = await setting()
  const other = await setting()
  await send(other.fan, 'PUT', `/v1/users/${creator.id}/follow`)
  await send(other.fan, 'PATCH', '/v1/users/me/notifications', { email: false })
  const show = await goLive(creator)
  t.equal(await outcomeOf(show, fan), 'sent')
  t.equal(server.mailsTo(address).length, 2)
  t.equal(server.mailsTo(other.address).length, 1, 'only the mail with the link')
  const { parsed, raw } = await mailTo(address, 1)
  t.equal(parsed.subject, 'Creator is live: Songs 🎧 from the <kitchen>')
  t.match(parsed.text, 'Creator is live with “Songs 🎧 from the <kitchen>”.')
  t.match(parsed.text, `${url}/shows/${show.id}`)
  t.match(parsed.html || '', 'from the &lt;kitchen&gt;')
  t.match(raw, /^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r$/m)
  t.match(parsed.messageId, /^<[0-9a-f]{32}@127\.0\.0\.1>$/)
})

t.test(
  'a reader who did not ask for mail ends all mail to the mailbox, and allows it again',
  { buffered: true },
  async t => {
    const { creator, fan, address } = await setting()
    const shown = await goLive(creator)
    await outcomeOf(shown, fan)
    const blockToken = (mail: ReceivedMail) => /email\/block\?token=([\w.-]+)/.exec(mail.parsed.text ?? '')?.[1] ?? ''
    const [first, ofShow] = [await mailTo(address), await mailTo(address, 1)]
    t.match(first.parsed.text, 'I did not ask for this')
    const token = blockToken(ofShow)
    for (const wrong of ['x', tokenIn(first.parsed.text), `${token.slice(0, -4)}AAAA`]) {
      t.equal((await send(null, 'POST', '/v1/email/block', { token: wrong })).status, 404)
    }
    t.equal((await verify(token)).status, 404, 'no token of another purpose')
    await fetch(`${url}/email/block?token=${token}`)
    t.equal((await stateOf(fan)).status, 'verified', 'opening the page changes nothing')

    t.equal((await send(null, 'POST', '/v1/email/block', { token: blockToken(first) })).status, 204)
    t.equal((await send(null, 'POST', '/v1/email/block', { token })).status, 204, 'pressed twice')
    t.match(await stateOf(fan), { address, status: 'refused' })
    await send(creator, 'POST', `/v1/shows/${shown.id}/end`)
    const { id } = (await send<Show>(creator, 'POST', '/v1/shows', { title: 'Another' })).body
    t.same(await app.emailAddresses.findVerified([fan.id]), new Set(), `${id} is told by no mail`)
    t.equal(await app.emailAddresses.findOfPerson(fan.id), undefined)
    const mean = await signIn(url, 'Mean')
    const spelling = address.replace('@', '+more@')
    t.match((await enter(mean, spelling)).body, { status: 'refused' })
    await until(async () => (await stored.findOne({ _id: mean.id }))?.check?.nextAt === undefined)
    t.equal(server.mailsTo(address).length, 2)
    t.equal(server.mailsTo(spelling).length, 0)
    const ids = await app.db.collection<{ _id: string }>('blockedMailboxes').find({}).toArray()
    t.notOk(JSON.stringify(ids).includes(address.split('@')[0] ?? ''), 'the address is not stored')

    t.equal((await send(null, 'POST', '/v1/email/unblock', { token })).status, 204)
    t.match(await stateOf(fan), { status: 'verified' })
    t.match((await enter(mean, spelling)).body, { status: 'waiting' })
    const second = await mailTo(spelling)
    t.equal((await send(null, 'POST', '/v1/email/block', { token })).status, 204)
    t.equal((await verify(tokenIn(second.parsed.text))).status, 204)
    t.match(await stateOf(fan), { status: 'verified' }, 'who confirms an address wants its mail')
  }
)

t.test('one click of a mail program ends the mails, without a sign-in', { buffered: true }, async t => {
  for (const form of ['urlencoded', 'multipart'] as const) {
    const { creator, fan, address } = await setting()
    await outcomeOf(await goLive(creator), fan)
    const { raw } = await mailTo(address, 1)
    const unfolded = raw.replaceAll(/\r\n[ \t]+/g, ' ')
    const [, link = ''] = /^List-Unsubscribe: <([^>]+)>\r$/m.exec(unfolded) ?? []
    const opened = await fetch(link, { redirect: 'manual' })
    t.equal(opened.status, 302)
    t.match(opened.headers.get('location'), `${url}/email/unsubscribe?token=`)
    t.match((await send(fan, 'GET', '/v1/users/me/notifications')).body, { email: true }, 'opening it changes nothing')
    const fields = { 'List-Unsubscribe': 'One-Click' }
    const body = form === 'urlencoded' ? new URLSearchParams(fields) : new FormData()
    if (body instanceof FormData) body.set('List-Unsubscribe', 'One-Click')
    t.equal((await fetch(link, { method: 'POST', body })).status, 204, form)
    t.match((await send(fan, 'GET', '/v1/users/me/notifications')).body, { email: false })
    t.equal((await fetch(link, { method: 'POST', body: new URLSearchParams(fields) })).status, 204, 'safe to repeat')
    await send(fan, 'PATCH', '/v1/users/me/notifications', { email: true })
    const next = newAddress()
    await enter(fan, next)
    t.equal((await fetch(link, { method: 'POST', body: new URLSearchParams(fields) })).status, 204)
    t.match((await send(fan, 'GET', '/v1/users/me/notifications')).body, { email: true }, 'a link of another address')
  }
})

t.test('a mailbox that does not exist gets no more mails', { buffered: true }, async t => {
  const { creator, fan, address } = await setting()
  server.refuse('recipient', address, { code: 550, text: '5.1.1 no such user' })
  t.equal(await outcomeOf(await goLive(creator), fan), 'failed')
  t.match(await stateOf(fan), { address, status: 'refused' })
  t.same([...(await app.emailAddresses.findVerified([fan.id]))], [])
  const wrong = newAddress()
  server.refuse('recipient', wrong, { code: 550, text: '5.1.1 no such user' })
  await enter(fan, wrong)
  await until(async () => (await stateOf(fan)).status === 'refused')
  t.equal((await enter(fan, wrong)).body.status, 'waiting', 'entered again, it is tried again')
})

t.test('a mail that the server does not take now is sent later', { buffered: true }, async t => {
  const { creator, fan, address } = await setting()
  server.refuse('recipient', address, { code: 451, text: '4.7.1 greylisted' })
  const show = await goLive(creator)
  const _id = `${show.id}:started:email:${fan.id}`
  await until(async () => {
    const message = await messages.findOne({ _id })
    return message?.attempts === 1 && (message.nextAt?.getTime() ?? 0) < Date.now() + 30_000
  })
  await messages.updateOne({ _id }, { $set: { nextAt: new Date() } })
  t.equal(await outcomeOf(show, fan), 'sent')
  const waiting = newAddress()
  server.refuse('recipient', waiting, { code: 451, text: '4.7.1 greylisted' })
  await enter(fan, waiting)
  await until(async () => {
    const check = (await stored.findOne({ _id: fan.id }))?.check
    return check?.attempts === 1 && (check.nextAt?.getTime() ?? Infinity) < Date.now() + 30_000
  })
  await stored.updateOne({ _id: fan.id }, { $set: { 'check.nextAt': new Date() } })
  t.ok(await mailTo(waiting))
})

t.test('nobody can flood a mailbox with mails to confirm', { buffered: true }, async t => {
  const victim = `victim${Date.now()}`
  const spellings = ['@gmail.com', '+1@gmail.com', '.x@gmail.com', '@GoogleMail.com'].map(end => `${victim}${end}`)
  spellings[2] = `${victim.slice(0, 3)}.${victim.slice(3)}@gmail.com`
  for (const address of spellings) t.equal((await enter(await signIn(url, 'Mean'), address)).status, 200)
  const refused = await enter(await signIn(url, 'Mean'), `${victim}+more@gmail.com`)
  t.match(refused, { status: 429, body: { code: 'RATE_LIMITED' } })
  const fan = await signIn(url, 'Fan')
  for (let n = 0; n < 5; n++) t.equal((await enter(fan, newAddress())).status, 200)
  t.equal((await enter(fan, newAddress())).status, 429)
  await send(fan, 'DELETE', path)
  t.equal((await enter(fan, newAddress())).status, 429, 'also when the address was removed')
  const limits = await app.db.collection('mailLimits').find({}).toArray()
  t.notOk(JSON.stringify(limits).includes(victim), 'addresses of others are not stored')
})

t.test('addresses have the form of addresses', { buffered: true }, async t => {
  const fan = await signIn(url, 'Fan')
  const wrong = ['anna', 'anna@', '@example.org', 'anna@example', 'a@b.c, d@e.f', 'a\r\nb@example.org', '"a b"@x.org']
  for (const address of [...wrong, `<anna@x.org>`, `${'x'.repeat(250)}@example.org`, 'anna@[127.0.0.1]']) {
    t.equal((await enter(fan, address)).status, 400, address)
  }
})

t.test('an erased account leaves no address', { buffered: true }, async t => {
  const { fan, address } = await setting()
  t.match((await send<object>(fan, 'GET', '/v1/users/me/export')).body, { emailAddress: [{ address }] })
  await send(fan, 'DELETE', '/v1/users/me')
  t.equal(await stored.countDocuments({ _id: fan.id }), 0)
  t.equal(await app.db.collection<{ _id: string }>('mailLimits').countDocuments({ _id: `person:${fan.id}` }), 0)
})
