import fc from 'fast-check'
import t from 'tap'
import type { Member } from '../../../contract/moderation.ts'
import { memberPage } from '../../../plugins/app/moderation/member-page.ts'
import { joinShow, goLive, signIn, grantFloor } from '../../users.ts'
import { startApp, until } from '../../realtime/real-app.ts'
import { sendShowRequest as send } from './send-show-request.ts'

const { app, url } = await startApp(t)

t.test('the decisions of hosts are listed, newest first, each once', async t => {
  const { creator, client, showId } = await goLive(url)
  const [{ user: cohost, client: cohostClient }, { user, client: listener }] = [
    await joinShow(url, showId, 'Cohost'),
    await joinShow(url, showId, 'Listener')
  ]
  await grantFloor(client, listener)
  await client.request('cohost:set', { userId: cohost.id, cohost: true })
  await cohostClient.request('mute:set', { userId: user.id, muted: true })
  await listener.request('mute:set', { userId: user.id, muted: false })
  await listener.request('mute:set', { userId: user.id, muted: true })
  await client.request('speak:revoke', { userId: user.id })
  const { requestId } = await listener.request('speak:request', {})
  await cohostClient.request('speak:answer', { requestId, accept: false })
  await listener.request('speak:request', {})
  await listener.request('speak:cancel', {})
  await client.request('speak:invite', { userId: user.id })
  await listener.request('speak:respond', { accept: true })
  await client.request('comment:mute', { userId: user.id, muted: true })
  await client.request('comment:mute', { userId: user.id, muted: false })
  await cohostClient.request('member:remove', { userId: user.id, ban: true })
  t.match(await send(url, cohost, 'DELETE', `/${showId}/bans/${user.id}`), { status: 204 })
  await client.request('cohost:set', { userId: cohost.id, cohost: false })

  const expected = [
    ['cohostDismissed', creator, cohost],
    ['unbanned', cohost, user],
    ['banned', cohost, user],
    ['commentsUnmuted', creator, user],
    ['commentsMuted', creator, user],
    ['accepted', creator, user],
    ['invited', creator, user],
    ['rejected', cohost, user],
    ['revoked', creator, user],
    ['muted', cohost, user],
    ['cohostNamed', creator, cohost],
    ['accepted', creator, user]
  ] as const
  for (const limit of [1, 2, 5, 100]) {
    const seen: { type: string; by: { id: string }; user: { id: string; displayName: string } }[] = []
    let cursor = ''
    do {
      const { status, body } = await send(url, creator, 'GET', `/${showId}/decisions?limit=${limit}${cursor}`)
      t.equal(status, 200)
      seen.push(...body.items)
      cursor = body.nextCursor ? `&cursor=${body.nextCursor}` : ''
    } while (cursor)
    t.strictSame(
      seen.map(({ type, by, user }) => [type, by.id, user.id]),
      expected.map(([type, by, user]) => [type, by.id, user.id]),
      `with limit ${limit}`
    )
    t.equal(seen[0]?.user.displayName, 'Cohost')
  }
  t.match(await send(url, cohost, 'GET', `/${showId}/decisions`), { status: 403, body: { code: 'FORBIDDEN' } })
  t.match(await send(url, null, 'GET', `/${showId}/decisions`), { status: 401 })
  t.match(await send(url, creator, 'GET', `/${showId}/decisions?cursor=x`), {
    status: 400,
    body: { code: 'VALIDATION' }
  })
  await app.db.collection<{ _id: string }>('users').deleteOne({ _id: user.id })
  t.match(await send(url, creator, 'GET', `/${showId}/decisions?limit=2`), {
    body: { items: [{}, { user: { displayName: 'Somebody', avatarUrl: null } }] }
  })
  for (const each of [client, cohostClient, listener]) each.disconnect()
})

t.test('bans are listed for hosts, lifted, and kept after the end', async t => {
  const { creator, client, showId } = await goLive(url)
  const { user: cohost, client: cohostClient } = await joinShow(url, showId, 'Cohost')
  const { user: former, client: formerClient } = await joinShow(url, showId, 'Former')
  for (const { id } of [cohost, former]) await client.request('cohost:set', { userId: id, cohost: true })
  await client.request('cohost:set', { userId: former.id, cohost: false })
  const banned = []
  for (const name of ['One', 'Two', 'Three']) {
    const { user, client: listener } = await joinShow(url, showId, name)
    await cohostClient.request('member:remove', { userId: user.id, ban: true })
    listener.disconnect()
    banned.unshift(user)
  }
  const { user: removed } = await joinShow(url, showId, 'Removed')
  await client.request('member:remove', { userId: removed.id, ban: false })

  const bans = async (user = creator, query = '') => await send(url, user, 'GET', `/${showId}/bans${query}`)
  t.strictSame(
    (await bans(cohost)).body.items.map(({ user }: { user: { id: string } }) => user.id),
    banned.map(({ id }) => id)
  )
  t.match((await bans()).body.items[0], { user: { displayName: 'Three' }, by: { id: cohost.id } })
  const first = await bans(creator, '?limit=2')
  t.match(await bans(creator, `?limit=2&cursor=${first.body.nextCursor}`), {
    body: { items: [{ user: { id: banned[2]!.id } }], nextCursor: null }
  })
  for (const user of [former, removed, banned[0]!]) t.match(await bans(user), { status: 403 })
  t.match(await send(url, former, 'DELETE', `/${showId}/bans/${banned[0]!.id}`), { status: 403 })

  t.match(await send(url, banned[0]!, 'GET', `/${showId}`), { status: 200 }, 'a ban closes the room, not the page')
  const outside = await banned[0]!.connect()
  t.equal(await outside.requestError('show:join', { showId }), 'BANNED')
  t.match(await send(url, cohost, 'DELETE', `/${showId}/bans/${banned[0]!.id}`), { status: 204 })
  t.match(await send(url, cohost, 'DELETE', `/${showId}/bans/${banned[0]!.id}`), { status: 404 })
  t.match(await send(url, cohost, 'DELETE', `/${showId}/bans/${removed.id}`), { status: 404 })
  await outside.join(showId)
  t.equal((await bans()).body.items.length, 2)

  t.match(await send(url, creator, 'POST', `/${showId}/end`), { status: 200 })
  await until(async () => (await app.liveShows.findPlace(showId, creator.id)) === undefined)
  t.equal((await bans(cohost)).body.items.length, 2, 'a co-host at the end keeps the role')
  t.match(await bans(former), { status: 403 })
  t.match(await send(url, creator, 'DELETE', `/${showId}/bans/${banned[1]!.id}`), {
    status: 409,
    body: { code: 'SHOW_ENDED' }
  })
  t.match(await send(url, creator, 'GET', `/${showId}/members`), { status: 409, body: { code: 'SHOW_ENDED' } })
  for (const each of [client, cohostClient, formerClient, outside]) each.disconnect()
})

t.test('the members of a show are listed by name', async t => {
  const { creator, client, showId } = await goLive(url)
  const people = []
  for (const name of ['Zoé', 'anna', 'Bert', 'ANNA', '🎧🎧🎧🎧🎧🎧🎧🎧🎧🎧🎧🎧']) {
    people.push(await joinShow(url, showId, name))
  }
  const [zoe, anna, bert] = people
  await grantFloor(client, zoe!.client)
  await client.request('cohost:set', { userId: bert!.user.id, cohost: true })
  await anna!.client.request('speak:request', {})
  await client.request('comment:mute', { userId: anna!.user.id, muted: true })

  const { body } = await send(url, creator, 'GET', `/${showId}/members?limit=100`)
  const byId = new Map<string, Member>(body.items.map((member: Member) => [member.id, member]))
  t.match(byId.get(creator.id), { role: 'creator', speak: 'granted', commentsMuted: false, guest: false })
  t.match(byId.get(zoe!.user.id), { role: 'speaker', speak: 'granted' })
  t.match(byId.get(bert!.user.id), { role: 'cohost', speak: 'off' })
  t.match(byId.get(anna!.user.id), { role: 'listener', speak: 'requested', commentsMuted: true })
  t.strictSame(
    body.items.map(({ displayName }: Member) => displayName.toLowerCase()),
    ['anna', 'anna', 'bert', 'creator', 'zoé', '🎧🎧🎧🎧🎧🎧🎧🎧🎧🎧🎧🎧']
  )
  t.match(await send(url, bert!.user, 'GET', `/${showId}/members?q=ZOE`), {
    status: 200,
    body: { items: [{ displayName: 'Zoé' }], nextCursor: null }
  })
  t.match(await send(url, zoe!.user, 'GET', `/${showId}/members`), { status: 403, body: { code: 'FORBIDDEN' } })
  const { body: scheduled } = await send(url, creator, 'POST', '/', { title: 'Later' })
  t.match(await send(url, creator, 'GET', `/${scheduled.id}/members`), { status: 409, body: { code: 'SHOW_NOT_LIVE' } })
  t.match(await send(url, creator, 'DELETE', `/${scheduled.id}/bans/${zoe!.user.id}`), {
    status: 409,
    body: { code: 'SHOW_NOT_LIVE' }
  })
  t.match(await send(url, creator, 'GET', `/${scheduled.id}/bans`), { status: 200, body: { items: [] } })
  anna!.client.disconnect()
  await until(
    async () => (await send(url, creator, 'GET', `/${showId}/members?limit=100`)).body.items.length === people.length
  )
  for (const each of [client, ...people.map(({ client }) => client)]) each.disconnect()
})

t.test('pages of any size list every member once', async t => {
  const member = fc.record({
    id: fc.stringMatching(/^[a-c]{1,3}$/),
    displayName: fc.string({ unit: fc.constantFrom('a', 'A', 'á', 'b', '😀', '한'), minLength: 1, maxLength: 30 })
  })
  fc.assert(
    fc.property(
      fc.uniqueArray(member, { selector: ({ id }) => id, maxLength: 30 }),
      fc.integer({ min: 1, max: 5 }),
      (drawn, limit) => {
        const members = drawn.map(each => ({
          ...each,
          avatarUrl: null,
          role: 'listener' as const,
          speak: 'off' as const,
          commentsMuted: false,
          guest: false
        }))
        const seen: string[] = []
        let cursor: string | undefined
        do {
          const page = memberPage(members, { limit, ...(cursor && { cursor }) })
          seen.push(...page.items.map(({ id }) => id))
          cursor = page.nextCursor ?? undefined
        } while (cursor)
        return seen.length === members.length && new Set(seen).size === seen.length
      }
    )
  )
  t.throws(() => memberPage([], { limit: 1, cursor: 'x' }), { code: 'VALIDATION' })
})

t.test('a person who may not see a show gets NOT_FOUND', async t => {
  const [creator, stranger] = [await signIn(url, 'Creator'), await signIn(url, 'Stranger')]
  const {
    body: { id }
  } = await send(url, creator, 'POST', '/', { title: 'Hidden', visibility: 'private' })
  for (const [method, path] of [
    ['GET', 'decisions'],
    ['GET', 'bans'],
    ['GET', 'members'],
    ['DELETE', `bans/${creator.id}`],
    ['GET', 'invitations']
  ] as const) {
    t.match(await send(url, stranger, method, `/${id}/${path}`), { status: 404, body: { code: 'NOT_FOUND' } }, path)
  }
})
