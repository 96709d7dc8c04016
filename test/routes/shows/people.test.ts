import t from 'tap'
import type { PeopleHere } from '../../../contract/people-here.ts'
import type { User } from '../../../contract/users.ts'
import { startApp, until } from '../../realtime/real-app.ts'
import { goLive, grantFloor, joinShow, signIn, signInAsGuest, type TestUser } from '../../users.ts'
import { ask } from '../graphql/ask.ts'
import { sendShowRequest as send } from './send-show-request.ts'

const { app, url } = await startApp(t, { AUTH_GUESTS: 'on' })

const pageFor = async (user: TestUser, showId: string, query = '') =>
  await user.rest<PeopleHere>('GET', `/v1/shows/${showId}/people${query}`)
const namesFor = async (user: TestUser, showId: string) =>
  (await pageFor(user, showId)).items.map(({ displayName }) => displayName)
const list = async (user: TestUser, listedInShows: boolean) =>
  await user.rest<User>('PATCH', '/v1/users/me', { listedInShows })

t.test('the people in a show see each other: hosts first, then those on stage, then listeners by name', async t => {
  const { creator, client, showId } = await goLive(url)
  const zoe = await joinShow(url, showId, 'Zoë')
  const ana = await joinShow(url, showId, 'ana')
  const speaker = await joinShow(url, showId, 'Speaker')
  const cohost = await joinShow(url, showId, 'Cohost')
  await grantFloor(client, speaker.client)
  await client.request('cohost:set', { userId: cohost.user.id, cohost: true })
  const guests = [await signInAsGuest(url), await signInAsGuest(url)]
  for (const guest of guests) await (await guest.connect()).join(showId)

  const expected = [
    [creator.id, 'creator'],
    [cohost.user.id, 'cohost'],
    [speaker.user.id, 'speaker'],
    [ana.user.id, 'listener'],
    [zoe.user.id, 'listener']
  ]
  for (const limit of [1, 2, 5, 100]) {
    const seen: PeopleHere['items'] = []
    let cursor = ''
    do {
      const page = await pageFor(zoe.user, showId, `?limit=${limit}${cursor}`)
      t.ok(page.items.length <= limit)
      t.equal(page.guestCount, 2, 'guests are counted')
      seen.push(...page.items)
      cursor = page.nextCursor ? `&cursor=${page.nextCursor}` : ''
    } while (cursor)
    t.same(
      seen.map(({ id, role }) => [id, role]),
      expected,
      `with limit ${limit}`
    )
  }
  t.same(Object.keys((await pageFor(zoe.user, showId)).items[0] ?? {}), ['id', 'displayName', 'avatarUrl', 'role'])
  t.equal((await pageFor(guests[0]!, showId)).items.length, 5, 'a guest in the show sees them, too')
  t.match(await send(url, zoe.user, 'GET', `/${showId}/people?cursor=x`), { status: 400, body: { code: 'VALIDATION' } })
})

t.test('a listener who does not want to be listed is seen by hosts only', async t => {
  const { creator, client, showId } = await goLive(url)
  const shy = await joinShow(url, showId, 'Shy')
  const other = await joinShow(url, showId, 'Other')
  const cohost = await joinShow(url, showId, 'Cohost')
  await client.request('cohost:set', { userId: cohost.user.id, cohost: true })
  t.match(await shy.user.rest('GET', '/v1/users/me'), { listedInShows: true }, 'on by default')
  t.ok((await namesFor(other.user, showId)).includes('Shy'))

  t.match(await list(shy.user, false), { listedInShows: false })
  t.match(await shy.user.rest('GET', '/v1/users/me/export'), { account: [{ listedInShows: false }] })
  t.notOk((await namesFor(other.user, showId)).includes('Shy'), 'at once, although the list was read before')
  for (const host of [creator, cohost.user]) {
    const { body } = await send(url, host, 'GET', `/${showId}/members?limit=100`)
    t.ok(
      body.items.some(({ id }: { id: string }) => id === shy.user.id),
      'hosts see everybody'
    )
  }

  t.test('no other way shows them to a listener', async t => {
    t.match(await send(url, other.user, 'GET', `/${showId}/members`), { status: 403 })
    t.match(await send(url, other.user, 'GET', `/${showId}/members?q=Shy`), { status: 403 })
    t.notMatch(JSON.stringify(await pageFor(other.user, showId, '?limit=1')), shy.user.id)
    const limits = [1, 2, 3].map(async limit => (await pageFor(other.user, showId, `?limit=${limit}`)).nextCursor)
    for (const cursor of await Promise.all(limits)) {
      t.notMatch(Buffer.from(cursor ?? '', 'base64url').toString(), shy.user.id, 'a cursor names nobody who is hidden')
    }
    for (const field of ['members', 'people', 'listeners', 'audience']) {
      const answer = await ask(url, `{ show(id: "${showId}") { ${field} { id } } }`, { token: other.user.token })
      t.match(answer.errors, [{ message: /Cannot query field/ }], field)
    }
    const profile = JSON.stringify(await other.user.rest('GET', `/v1/users/${shy.user.id}`))
    t.notMatch(profile, 'listedInShows', 'the choice itself is private')
    const another = await other.user.connect()
    t.notMatch(JSON.stringify(await another.join(showId)), shy.user.id, 'nor does the snapshot')
    for (const event of ['people:list', 'people:see', 'member:list', 'show:members']) {
      t.match(await another.requestRaw(event, { showId }).catch(() => ({ ok: false })), { ok: false }, event)
    }
    another.disconnect()
  })

  t.test('on stage everybody sees them', async () => {
    await grantFloor(client, shy.client)
    await until(async () => (await namesFor(cohost.user, showId)).includes('Shy'))
  })
})

t.test('only people in the show see the list, while they are in it', async t => {
  const { creator, client, showId } = await goLive(url)
  const listener = await joinShow(url, showId, 'Listener')
  const outsider = await signIn(url, 'Outsider')
  const guest = await signInAsGuest(url)
  t.match(await send(url, null, 'GET', `/${showId}/people`), { status: 401 })
  for (const user of [outsider, guest]) {
    t.match(await send(url, user, 'GET', `/${showId}/people`), { status: 409, body: { code: 'NOT_IN_SHOW' } })
  }
  t.same(await namesFor(listener.user, showId), ['Creator', 'Listener'])
  await client.request('member:remove', { userId: listener.user.id, ban: true })
  t.match(await send(url, listener.user, 'GET', `/${showId}/people`), { status: 409, body: { code: 'NOT_IN_SHOW' } })
  t.match(
    await app.liveShows
      .members(showId, { kind: 'user', userId: outsider.id }, 'people:see')
      .catch((error: unknown) => error),
    { code: 'NOT_IN_SHOW' },
    'the room decides, too'
  )

  await creator.rest('POST', `/v1/shows/${showId}/end`)
  await until(async () => (await send(url, creator, 'GET', `/${showId}/people`)).body.code === 'SHOW_ENDED')
  const { id: planned } = await creator.rest<{ id: string }>('POST', '/v1/shows', { title: 'Planned' })
  t.match(await send(url, creator, 'GET', `/${planned}/people`), { status: 409, body: { code: 'SHOW_NOT_LIVE' } })
  const { id: hidden } = await creator.rest<{ id: string }>('POST', '/v1/shows', { title: 'P', visibility: 'private' })
  await creator.rest('POST', `/v1/shows/${hidden}/start`)
  for (const user of [outsider, guest]) t.match(await send(url, user, 'GET', `/${hidden}/people`), { status: 404 })
})

t.test('people with a block between them do not see each other', async t => {
  const { showId } = await goLive(url)
  const a = await joinShow(url, showId, 'Alba')
  const b = await joinShow(url, showId, 'Berta')
  t.ok((await namesFor(b.user, showId)).includes('Alba'))
  await a.user.rest('PUT', `/v1/users/me/blocks/${b.user.id}`)
  t.notOk((await namesFor(b.user, showId)).includes('Alba'))
  t.notOk((await namesFor(a.user, showId)).includes('Berta'))
})
