import t from 'tap'
import { goLive, signIn, type TestUser } from '../../users.ts'
import { startApp } from '../../realtime/real-app.ts'
import { sendShowRequest as send } from './send-show-request.ts'

const { app, url } = await startApp(t)
const creator = await signIn(url, 'Creator')

async function createPrivateShow(): Promise<string> {
  const { body } = await send(url, creator, 'POST', '/', { title: 'Among us', visibility: 'private' })
  return body.id
}

async function invite(showId: string, draft: object = {}): Promise<{ id: string; token: string }> {
  const { body } = await send(url, creator, 'POST', `/${showId}/invitations`, draft)
  return { id: body.id, token: new URL(body.url).hash.replace('#invitation=', '') }
}

async function accept(showId: string, user: TestUser, token: string) {
  return await send(url, user, 'POST', `/${showId}/invitations/accept`, { token })
}

t.test('invitations are created and listed, and no token is stored', async t => {
  const showId = await createPrivateShow()
  const created = await send(url, creator, 'POST', `/${showId}/invitations`, { maxUses: 3, expiresInMs: 60_000 })
  t.match(created, { status: 201, body: { maxUses: 3, uses: 0 } })
  const link = new URL(created.body.url)
  t.equal(link.origin + link.pathname, `${url}/shows/${showId}`)
  const token = link.hash.replace('#invitation=', '')
  t.equal(Buffer.from(token, 'base64url').length, 32)
  const stored = JSON.stringify(await app.db.collection('showInvitations').find({ showId }).toArray())
  t.notMatch(stored, token, 'the token itself is not stored')
  await invite(showId)
  const { body: first } = await send(url, creator, 'GET', `/${showId}/invitations?limit=1`)
  const { body: second } = await send(url, creator, 'GET', `/${showId}/invitations?limit=1&cursor=${first.nextCursor}`)
  t.match(
    [first.items[0], second.items[0]],
    [
      { url: null, maxUses: 1 },
      { url: null, maxUses: 3, id: created.body.id }
    ],
    'newest first, without the URL'
  )
  t.equal(second.nextCursor, null)
  t.match(await send(url, creator, 'POST', `/${showId}/invitations`, { maxUses: 0 }), { status: 400 })
  t.match(await send(url, creator, 'POST', `/${showId}/invitations`, { expiresInMs: 0 }), { status: 400 })
})

t.test('accepting an invitation gives access to its show and to no other', async t => {
  const [showId, other] = [await createPrivateShow(), await createPrivateShow()]
  const [guest, stranger] = [await signIn(url, 'Guest'), await signIn(url, 'Stranger')]
  const { token } = await invite(showId)
  t.match(await send(url, guest, 'GET', `/${showId}`), { status: 404 })
  t.match(await accept(other, guest, token), { status: 404, body: { code: 'NOT_FOUND' } }, 'not for another show')
  t.match(await accept(showId, guest, token), { status: 200, body: { id: showId, title: 'Among us' } })
  t.match(await send(url, guest, 'GET', `/${showId}`), { status: 200 })
  t.match(await send(url, guest, 'GET', `/${other}`), { status: 404 })
  t.match(await send(url, stranger, 'GET', `/${showId}`), { status: 404 })
  t.match(await send(url, null, 'GET', `/${showId}`), { status: 404 })
  t.match(await send(url, guest, 'PATCH', `/${showId}`, { title: 'Mine' }), {
    status: 403,
    body: { code: 'FORBIDDEN' }
  })
  t.match(await send(url, guest, 'GET', `/${showId}/invitations`), { status: 403 })
  t.match(await send(url, stranger, 'POST', `/${showId}/invitations`, {}), { status: 404 })
  t.match(
    await send(url, guest, 'GET', '/?q=among'),
    { status: 200, body: { items: [] } },
    'lists contain public shows only'
  )
})

t.test('an invitation is used at most as often as allowed, also by concurrent requests', async t => {
  const showId = await createPrivateShow()
  const people = await Promise.all(Array.from({ length: 12 }, async (_, n) => await signIn(url, `Person ${n}`)))
  const { token, id } = await invite(showId, { maxUses: 5 })
  const answers = await Promise.all([...people, ...people].map(async user => await accept(showId, user, token)))
  t.equal(
    new Set(people.filter((_, n) => answers[n]!.status === 200).map(({ id }) => id)).size,
    5,
    'no more people than uses'
  )
  t.ok(
    people.every((_, n) => answers[n]!.status === answers[n + people.length]!.status),
    'concurrent requests of one person get the same answer'
  )
  t.ok(answers.every(({ status, body }) => status === 200 || (status === 409 && body.code === 'CONFLICT')))
  const uses = async () =>
    (await send(url, creator, 'GET', `/${showId}/invitations`)).body.items.find((one: { id: string }) => one.id === id)
      .uses
  t.equal(await uses(), 5)
  const inside = people[answers.findIndex(({ status }) => status === 200)]!
  t.match(await accept(showId, inside, token), { status: 200 }, 'a person who has accepted may accept again')
  const more = await invite(showId, { maxUses: 1 })
  t.match(await accept(showId, inside, more.token), { status: 200 })
  t.match(await accept(showId, creator, more.token), { status: 200 })
  const outside = people[answers.findIndex(({ status }) => status === 409)]!
  t.match(
    await accept(showId, outside, more.token),
    { status: 200 },
    'neither a person with access nor the creator takes a use'
  )
})

t.test('expired, withdrawn and invalid invitations give no access', async t => {
  const showId = await createPrivateShow()
  const guest = await signIn(url, 'Guest')
  const expired = await invite(showId, { expiresInMs: 1 })
  await app.db
    .collection<{ _id: string }>('showInvitations')
    .updateOne({ _id: expired.id }, { $set: { expiresAt: new Date(0) } })
  t.match(await accept(showId, guest, expired.token), { status: 409, body: { code: 'CONFLICT' } })
  const withdrawn = await invite(showId, { maxUses: 2 })
  const early = await signIn(url, 'Early')
  await accept(showId, early, withdrawn.token)
  t.match(await send(url, guest, 'DELETE', `/${showId}/invitations/${withdrawn.id}`), { status: 404 })
  t.match(
    await send(url, creator, 'DELETE', `/${await createPrivateShow()}/invitations/${withdrawn.id}`),
    { status: 404 },
    'of another show'
  )
  t.match(await send(url, creator, 'DELETE', `/${showId}/invitations/${withdrawn.id}`), { status: 204 })
  t.match(await send(url, creator, 'DELETE', `/${showId}/invitations/${withdrawn.id}`), { status: 404 })
  t.match(await accept(showId, guest, withdrawn.token), { status: 404 })
  t.match(await send(url, early, 'GET', `/${showId}`), { status: 200 }, 'people who accepted keep access')
  for (const token of ['x', '', 'x'.repeat(200), withdrawn.id]) {
    t.match(await accept(showId, guest, token), { status: /400|404/ })
  }
  t.match(await accept('none', guest, expired.token), { status: 404 })
})

t.test('members keep access to a live show that becomes private', async t => {
  const { creator: host, client, showId } = await goLive(url)
  t.teardown(() => client.disconnect())
  const [inside, invited, stranger] = [
    await signIn(url, 'Inside'),
    await signIn(url, 'Invited'),
    await signIn(url, 'Stranger')
  ]
  const member = await inside.connect()
  await member.join(showId)
  t.match(await send(url, host, 'PATCH', `/${showId}`, { visibility: 'private' }), { status: 200 })
  t.match(await send(url, inside, 'GET', `/${showId}`), { status: 200 }, 'a member sees it')
  await member.request('show:leave', {})
  t.match(await send(url, inside, 'GET', `/${showId}`), { status: 404 })
  const {
    body: { url: link }
  } = await send(url, host, 'POST', `/${showId}/invitations`, {})
  t.match(await accept(showId, invited, new URL(link).hash.replace('#invitation=', '')), { status: 200 })
  const [invitedClient, strangerClient] = [await invited.connect(), await stranger.connect()]
  await invitedClient.join(showId)
  t.equal(await strangerClient.requestError('show:join', { showId }), 'NOT_FOUND')
  for (const client of [member, invitedClient, strangerClient]) client.disconnect()
})

t.test('invitations are erased with the person, and with the show', async t => {
  const showId = await createPrivateShow()
  const guest = await signIn(url, 'Guest')
  const { token } = await invite(showId, { maxUses: 2 })
  await accept(showId, guest, token)
  const keeper = app.personalData.keepers().get('showInvitations')!
  const exported = []
  for await (const each of keeper.export(guest.id)) exported.push(each)
  t.match(exported, [{ showId }])
  await keeper.erase(guest.id)
  await keeper.erase(guest.id)
  for (const name of ['showInvitations', 'showAdmissions']) {
    t.notMatch(JSON.stringify(await app.db.collection(name).find({ showId }).toArray()), guest.id, name)
  }
  const next = await signIn(url, 'Next')
  t.match(await accept(showId, next, token), { status: 200 })
  t.match(await accept(showId, await signIn(url, 'Late'), token), { status: 409 }, 'the use is not returned')
  t.match(await send(url, creator, 'DELETE', `/${showId}`), { status: 204 })
  for (const name of ['showInvitations', 'showAdmissions']) {
    t.equal(await app.db.collection(name).countDocuments({ showId }), 0, name)
  }
})
