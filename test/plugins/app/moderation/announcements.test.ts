import t from 'tap'
import type { OperatorAnnouncement } from '../../../../contract/announcements.ts'
import type { Page } from '../../../../contract/paging.ts'
import type { OperatorAction } from '../../../../contract/safety.ts'
import { connectAnnounced, keepAnnounced } from '../../../announced.ts'
import { startAppWithOperator } from '../../../operator-app.ts'
import { until } from '../../../realtime/real-app.ts'
import { goLive, signIn, signInAsGuest } from '../../../users.ts'
import { send } from './send.ts'

const { app, url, operator } = await startAppWithOperator(t)

const path = '/v1/operator/announcements'
const inMs = (ms: number) => new Date(Date.now() + ms).toISOString()
const announce = async (text: string, until = inMs(60_000)) =>
  await send(url, 'POST', path, operator.token, { text, until })
const end = async (id: string) => await send(url, 'DELETE', `${path}/${id}`, operator.token)
const active = async (): Promise<string[]> => {
  const { body } = await send(url, 'GET', '/v1/announcements')
  return body.items.map(({ text }: { text: string }) => text)
}

t.afterEach(async () => {
  for (const { id } of (await app.announcements.list({ limit: 100 })).items) {
    await app.announcements.end(operator.id, id)
  }
})

t.test('every socket gets an announcement once: in a show, outside, of a guest, and one that comes later', async t => {
  const { client: inShow } = await goLive(url)
  const outside = await (await signIn(url, 'Outside')).connect()
  const guest = await (await signInAsGuest(url)).connect()
  const got = [inShow, outside, guest].map(({ socket }) => keepAnnounced(socket))
  const { status, body } = await announce('  We move at <b>nine</b>. ')
  t.equal(status, 201)
  t.match(body, { id: String, text: 'We move at <b>nine</b>.', createdAt: String, until: String, endedAt: null })
  await until(() => got.every(({ texts }) => texts.length === 1))

  const { token } = await signIn(url, 'Late')
  const late = await connectAnnounced(url, token)
  await until(() => late.texts.length === 1)
  t.same(late.texts, ['We move at <b>nine</b>.'], 'as plain text')

  t.same((await end(body.id)).status, 204)
  await until(() => [...got, late].every(({ ended }) => ended.length === 1))
  t.same((await end(body.id)).status, 204, 'ending it again is fine')
  t.same(
    [...got, late].map(({ texts, ended }) => [texts.length, ended]),
    Array.from({ length: 4 }, () => [1, [body.id]])
  )
  t.same(await active(), [])
  const after = await connectAnnounced(url, (await signIn(url, 'After')).token)
  await announce('Another')
  await until(() => after.texts.length > 0)
  t.same(after.texts, ['Another'], 'one that has ended is not sent any more')
})

t.test('it is over at its time', async t => {
  await announce('Short', inMs(400))
  t.same(await active(), ['Short'])
  await until(async () => (await active()).length === 0)
  const late = await connectAnnounced(url, (await signIn(url, 'Late')).token)
  await announce('Long')
  await until(() => late.texts.length > 0)
  t.same(late.texts, ['Long'])
})

t.test('three are active at once; the time must be in the future and within 30 days', async t => {
  const statuses = await Promise.all(Array.from({ length: 8 }, async (_, n) => (await announce(`Number ${n}`)).status))
  t.same(statuses.toSorted(), [201, 201, 201, 409, 409, 409, 409, 409])
  t.equal((await active()).length, 3)
  const actIds = async () => (await app.operatorActions.list({ limit: 100 })).items.map(({ id }) => id)
  const before = await actIds()
  t.equal((await announce('One too many')).status, 409)
  t.same(await actIds(), before, 'a refusal is not an act')
  for (const until of [inMs(-1000), inMs(31 * 86_400_000), 'tomorrow', '2027-02-30T10:00:00Z']) {
    const { status, body } = await announce('Hello', until)
    t.equal(status, 400, until)
    t.match(body, { code: 'VALIDATION', issues: [{ path: '/until' }] })
  }
  t.equal((await announce('\u200b')).status, 400, 'with nothing to see')
})

t.test('one that has run out makes room', async t => {
  for (const text of ['a', 'b', 'c']) await announce(text, inMs(300))
  await until(async () => (await active()).length === 0)
  for (const text of ['d', 'e', 'f']) t.equal((await announce(text)).status, 201)
  t.same(await active(), ['f', 'e', 'd'], 'newest first')
})

t.test('all are listed, newest first, and what operators did is logged', async t => {
  const { body } = await announce('Logged')
  await end(body.id)
  t.equal((await end('nothing')).status, 404)
  const first: Page<OperatorAnnouncement> = (await send(url, 'GET', `${path}?limit=1`, operator.token)).body
  t.match(first.items, [{ id: body.id, text: 'Logged', endedAt: String }])
  const second = (await send(url, 'GET', `${path}?limit=1&cursor=${first.nextCursor}`, operator.token)).body
  t.not(second.items[0].id, body.id)
  const acts: Page<OperatorAction> = (await send(url, 'GET', '/v1/operator/acts?limit=2', operator.token)).body
  t.match(acts.items, [
    { type: 'announcementEnded', subjectId: body.id, reason: 'Logged', done: true, operator: { id: operator.id } },
    { type: 'announcementMade', subjectId: body.id, reason: 'Logged', done: true }
  ])
})
