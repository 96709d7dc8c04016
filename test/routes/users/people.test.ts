import fc from 'fast-check'
import t from 'tap'
import type { Page } from '../../../contract/paging.ts'
import type { Show } from '../../../contract/shows.ts'
import type { Block, Person, PublicUser, User } from '../../../contract/users.ts'
import { signIn, type TestUser } from '../../users.ts'
import { startApp } from '../../realtime/real-app.ts'

const { app, url } = await startApp(t, { AUTH_GUESTS: 'on' })

async function send<T = { code?: string; issues?: { path: string }[] }>(
  person: { token: string } | null,
  method: string,
  path: string,
  body?: object
): Promise<{ status: number; body: T }> {
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(body && { 'content-type': 'application/json' }),
      ...(person && { authorization: `Bearer ${person.token}` })
    },
    ...(body && { body: JSON.stringify(body) })
  })
  const text = await response.text()
  return { status: response.status, body: JSON.parse(text || 'null') }
}

async function signInGuest(): Promise<{ id: string; token: string }> {
  const {
    body: {
      accessToken: token,
      user: { id }
    }
  } = await send<{ accessToken: string; user: User }>(null, 'POST', '/v1/auth/guest', {})
  return { id, token }
}

async function signInPeople(count: number): Promise<TestUser[]> {
  return await Promise.all(Array.from({ length: count }, async (_, n) => await signIn(url, `Person ${n}`)))
}

const profileOf = async (person: { id: string }, caller: { token: string } | null = null) =>
  (await send<PublicUser>(caller, 'GET', `/v1/users/${person.id}`)).body

/** Reads all pages of a list. */
async function readAll<T>(path: string, limit: number, person: { token: string } | null = null): Promise<T[]> {
  const items: T[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const { status, body }: { status: number; body: Page<T> } = await send<Page<T>>(
      person,
      'GET',
      `${path}?limit=${limit}${cursor && `&cursor=${cursor}`}`
    )
    if (status !== 200 || body.items.length > limit) {
      throw new Error(`a page answered ${status} with ${body.items?.length} items`)
    }
    items.push(...body.items)
    cursor = body.nextCursor
  }
  return items
}

t.test('a changed profile is cleaned, and other fields are kept', async t => {
  const [person, other] = await signInPeople(2)
  const changed = await send<User>(person!, 'PATCH', '/v1/users/me', {
    displayName: '  Ame\u0301lie ',
    bio: ' one\r\ntwo ',
    links: [{ label: ' Tea ', url: 'https://EXAMPLE.org/a%20b/../tea?x=1' }]
  })
  t.match(
    changed,
    {
      status: 200,
      body: {
        displayName: 'Am\u00e9lie',
        bio: 'one\ntwo',
        links: [{ label: 'Tea', url: 'https://example.org/tea?x=1' }]
      }
    },
    'links are normalized as browsers do'
  )
  const site = [{ label: 'Site', url: 'https://example.org' }]
  t.same(
    (await send<User>(other!, 'PATCH', '/v1/users/me', { links: site })).body.links,
    site,
    'a URL without a path stays as it is'
  )
  t.match((await send(person!, 'PATCH', '/v1/users/me', { bio: '' })).body, {
    displayName: 'Am\u00e9lie',
    bio: '',
    links: [{ label: 'Tea' }]
  })
  t.match((await send(person!, 'PATCH', '/v1/users/me', {})).status, 200)
  t.match(await profileOf(person!), {
    id: person!.id,
    displayName: 'Am\u00e9lie',
    links: [{ label: 'Tea' }],
    followerCount: 0,
    followingCount: 0,
    followed: false
  })
  t.same((await send<User>(person!, 'PATCH', '/v1/users/me', { links: [] })).body.links, [])
})

t.test('links must be https URLs of public hosts without a password', async t => {
  const [person] = await signInPeople(1)
  const forbidden = [
    'http://example.org',
    'javascript:alert(1)',
    'https://',
    'https://user@example.org',
    'https://user:secret@example.org',
    'https://:secret@example.org',
    'https://localhost',
    'https://LOCALHOST./x',
    'https://a.localhost',
    'https://printer.local',
    'https://db.internal',
    'https://router.lan',
    'https://nas',
    'https://1.0.0.127.in-addr.arpa',
    'https://127.0.0.1',
    'https://127.1',
    'https://2130706433',
    'https://0x7f.1',
    'https://0177.0.0.1',
    'https://10.1.2.3',
    'https://172.20.0.1',
    'https://192.168.1.1',
    'https://169.254.169.254/latest',
    'https://100.64.0.1',
    'https://0.0.0.0',
    'https://224.0.0.1',
    'https://255.255.255.255',
    'https://[::1]',
    'https://[::]',
    'https://[::ffff:10.0.0.1]',
    'https://[fe80::1]',
    'https://[fd00::1]',
    'https://[64:ff9b::a00:1]',
    'https://[2002:a00:1::]',
    'https://[2001:db8::1]',
    'https://[ff02::1]',
    'https://①②⑦.0.0.1',
    `https://example.org/${'x'.repeat(481)}`,
    `https://example.org/${'ä'.repeat(200)}`
  ]
  for (const link of forbidden) {
    const { status, body } = await send(person!, 'PATCH', '/v1/users/me', {
      bio: 'changed',
      links: [
        { label: 'a', url: 'https://example.org' },
        { label: 'b', url: link }
      ]
    })
    t.match(
      { status, body },
      { status: 400, body: { code: 'VALIDATION', issues: [{ path: '/links/1/url' }] } },
      link.slice(0, 60)
    )
  }
  t.equal((await profileOf(person!)).bio, '', 'a rejected change stores nothing')
  for (const link of [
    'https://example.org',
    'https://sub.example.org:8443/x?y#z',
    'https://1.1.1.1/',
    'https://[2606:4700::1111]/',
    'https://m%C3%BCnchen.example.org/%C3%A4'
  ]) {
    t.equal((await send(person!, 'PATCH', '/v1/users/me', { links: [{ label: 'a', url: link }] })).status, 200, link)
  }
  const six = Array.from({ length: 6 }, (_, n) => ({ label: `${n}`, url: 'https://example.org' }))
  t.equal((await send(person!, 'PATCH', '/v1/users/me', { links: six })).status, 400)
})

t.test('follows and unfollows, safe to repeat', async t => {
  const [one, other] = (await signInPeople(2)) as [TestUser, TestUser]
  const path = `/v1/users/${other.id}/follow`
  for (let n = 0; n < 2; n++) t.same(await send(one, 'PUT', path), { status: 204, body: null })
  t.match(await profileOf(other, one), { followerCount: 1, followingCount: 0, followed: true })
  t.match(await profileOf(one, other), { followerCount: 0, followingCount: 1, followed: false })
  t.match(await profileOf(other), { followerCount: 1, followed: false }, 'for a caller without a token')
  t.same(await readAll<Person>(`/v1/users/${other.id}/followers`, 20), [
    { id: one.id, displayName: 'Person 0', avatarUrl: null }
  ])
  t.same(
    (await readAll<Person>(`/v1/users/${one.id}/following`, 20)).map(({ id }) => id),
    [other.id]
  )
  for (let n = 0; n < 2; n++) t.same(await send(one, 'DELETE', path), { status: 204, body: null })
  t.match(await profileOf(other, one), { followerCount: 0, followed: false })
  t.same(await readAll(`/v1/users/${other.id}/followers`, 20), [])
})

t.test('rejects follows of oneself, of unknown users, by guests and across blocks', async t => {
  const [one, other] = (await signInPeople(2)) as [TestUser, TestUser]
  const guest = await signInGuest()
  for (const method of ['PUT', 'DELETE']) {
    t.match(
      await send(one, method, `/v1/users/${one.id}/follow`),
      { status: 409, body: { code: 'CONFLICT' } },
      `${method} oneself`
    )
    t.match(
      await send(one, method, '/v1/users/nobody/follow'),
      { status: 404, body: { code: 'NOT_FOUND' } },
      `${method} an unknown user`
    )
    t.match(
      await send(guest, method, `/v1/users/${one.id}/follow`),
      { status: 403, body: { code: 'FORBIDDEN' } },
      `${method} by a guest`
    )
    t.match(
      await send(null, method, `/v1/users/${one.id}/follow`),
      { status: 401, body: { code: 'UNAUTHENTICATED' } },
      `${method} without a token`
    )
  }
  await send(other, 'PUT', `/v1/users/me/blocks/${one.id}`)
  t.match(await send(one, 'PUT', `/v1/users/${other.id}/follow`), { status: 403, body: { code: 'BANNED' } })
  t.match(
    await send(other, 'PUT', `/v1/users/${one.id}/follow`),
    { status: 409, body: { code: 'CONFLICT' } },
    'a user one blocks'
  )
  await send(other, 'DELETE', `/v1/users/me/blocks/${one.id}`)
  t.equal((await send(one, 'PUT', `/v1/users/${other.id}/follow`)).status, 204)
  for (const list of ['', '/followers', '/following', '/shows']) {
    t.match(await send(null, 'GET', `/v1/users/nobody${list}`), { status: 404, body: { code: 'NOT_FOUND' } }, list)
  }
})

t.test('thirty concurrent follows count once', async t => {
  const [one, other] = (await signInPeople(2)) as [TestUser, TestUser]
  const answers = await Promise.all(
    Array.from({ length: 30 }, async () => await send(one, 'PUT', `/v1/users/${other.id}/follow`))
  )
  t.same(new Set(answers.map(({ status }) => status)), new Set([204]))
  t.equal((await profileOf(other)).followerCount, 1)
})

t.test('a block removes follows in both directions, and unblocking does not restore them', async t => {
  const [one, other, third] = (await signInPeople(3)) as [TestUser, TestUser, TestUser]
  await Promise.all(
    [
      [one, other],
      [other, one],
      [third, one]
    ].map(async ([from, to]) => await send(from!, 'PUT', `/v1/users/${to!.id}/follow`))
  )
  for (let n = 0; n < 2; n++) {
    t.same(await send(one, 'PUT', `/v1/users/me/blocks/${other.id}`), { status: 204, body: null })
  }
  t.match(await profileOf(one, other), { followerCount: 1, followingCount: 0, followed: false })
  t.match(await profileOf(other, one), { followerCount: 0, followingCount: 0, followed: false })
  t.match((await send<Page<Block>>(one, 'GET', '/v1/users/me/blocks')).body, {
    items: [{ user: { id: other.id, displayName: 'Person 1' }, createdAt: /^\d{4}-.*Z$/ }],
    nextCursor: null
  })
  t.same(
    (await send<Page<Block>>(other, 'GET', '/v1/users/me/blocks')).body.items,
    [],
    'a blocked person does not see the block'
  )
  for (let n = 0; n < 2; n++) {
    t.same(await send(one, 'DELETE', `/v1/users/me/blocks/${other.id}`), { status: 204, body: null })
  }
  t.same((await send<Page<Block>>(one, 'GET', '/v1/users/me/blocks')).body.items, [])
  t.match(await profileOf(one, other), { followerCount: 1, followed: false })
  t.match(await send(one, 'PUT', `/v1/users/me/blocks/${one.id}`), { status: 409, body: { code: 'CONFLICT' } })
  t.match(await send(one, 'PUT', '/v1/users/me/blocks/nobody'), { status: 404, body: { code: 'NOT_FOUND' } })
  const guest = await signInGuest()
  t.match(await send(guest, 'PUT', `/v1/users/me/blocks/${one.id}`), { status: 403, body: { code: 'FORBIDDEN' } })
  t.equal((await send(one, 'PUT', `/v1/users/me/blocks/${guest.id}`)).status, 204, 'guests can be blocked')
})

t.test('a concurrent follow and block leave no blocked follower', async t => {
  for (let n = 0; n < 15; n++) {
    const [one, other] = (await signInPeople(2)) as [TestUser, TestUser]
    await Promise.all([
      send(one, 'PUT', `/v1/users/${other.id}/follow`),
      send(other, 'PUT', `/v1/users/me/blocks/${one.id}`)
    ])
    t.equal((await profileOf(other)).followerCount, 0)
  }
})

t.test('a block between the check and the follow removes the follow', async t => {
  const [one, other] = (await signInPeople(2)) as [TestUser, TestUser]
  const { assertNotBlocked } = app.blocks
  app.blocks.assertNotBlocked = async (blockerId, personId) => {
    app.blocks.assertNotBlocked = assertNotBlocked
    await assertNotBlocked(blockerId, personId)
    await send(other, 'PUT', `/v1/users/me/blocks/${one.id}`)
  }
  t.match(await send(one, 'PUT', `/v1/users/${other.id}/follow`), { status: 403, body: { code: 'BANNED' } })
  t.equal((await profileOf(other)).followerCount, 0)
})

t.test('pages of any size list everybody once, newest first, also with equal times', async t => {
  const [hub, ...others] = (await signInPeople(24)) as [TestUser, ...TestUser[]]
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 4 }), { minLength: others.length, maxLength: others.length }),
      fc.nat(others.length),
      fc.integer({ min: 1, max: 25 }),
      async (times, count, limit) => {
        const pairs = others.slice(0, count).map(({ id }, n) => ({
          _id: `p${(n * 7) % 23}`,
          otherId: id,
          createdAt: new Date(1_700_000_000_000 + times[n]!)
        }))
        const inOrder = pairs
          .toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime() || (a._id < b._id ? 1 : -1))
          .map(({ otherId }) => otherId)
        const fill = async (name: string, side: 'fromId' | 'toId') => {
          const collection = app.db.collection<{ _id: string }>(name)
          await collection.deleteMany({ [side]: hub.id })
          const otherSide = side === 'fromId' ? 'toId' : 'fromId'
          if (pairs.length > 0) {
            await collection.insertMany(
              pairs.map(({ _id, otherId, createdAt }) => ({
                _id: `${side}${_id}`,
                [side]: hub.id,
                [otherSide]: otherId,
                createdAt
              }))
            )
          }
        }
        await fill('follows', 'fromId')
        if (
          JSON.stringify((await readAll<Person>(`/v1/users/${hub.id}/following`, limit)).map(({ id }) => id)) !==
          JSON.stringify(inOrder)
        ) {
          throw new Error('following')
        }
        await fill('follows', 'toId')
        if (
          JSON.stringify((await readAll<Person>(`/v1/users/${hub.id}/followers`, limit)).map(({ id }) => id)) !==
          JSON.stringify(inOrder)
        ) {
          throw new Error('followers')
        }
        await fill('blocks', 'fromId')
        if (
          JSON.stringify((await readAll<Block>('/v1/users/me/blocks', limit, hub)).map(({ user }) => user.id)) !==
          JSON.stringify(inOrder)
        ) {
          throw new Error('blocks')
        }
      }
    ),
    { numRuns: 25 }
  )
  for (const path of [`/v1/users/${hub.id}/followers`, `/v1/users/${hub.id}/following`, '/v1/users/me/blocks']) {
    t.match(await send(hub, 'GET', `${path}?cursor=rubbish`), {
      status: 400,
      body: { code: 'VALIDATION', issues: [{ path: '/cursor' }] }
    })
    t.equal((await send(hub, 'GET', `${path}?limit=101`)).status, 400)
  }
})

t.test("a user's list of shows has the public ones, also for the user", async t => {
  const [one] = (await signInPeople(1)) as [TestUser]
  for (const visibility of ['public', 'unlisted', 'private']) {
    await one.rest('POST', '/v1/shows', { title: visibility, visibility })
  }
  for (const caller of [null, one]) {
    t.same(
      (await readAll<Show>(`/v1/users/${one.id}/shows`, 1, caller)).map(({ title }) => title),
      ['public']
    )
  }
  t.same((await send<Page<Show>>(null, 'GET', `/v1/users/${one.id}/shows?status=live`)).body.items, [])
  t.equal((await send(null, 'GET', `/v1/users/${one.id}/shows?creatorId=${one.id}`)).status, 400)
})

t.test('exports and erases follows, blocks and the account', async t => {
  const [one, other, third] = (await signInPeople(3)) as [TestUser, TestUser, TestUser]
  await send(one, 'PUT', `/v1/users/${other.id}/follow`)
  await send(other, 'PUT', `/v1/users/${one.id}/follow`)
  await send(one, 'PUT', `/v1/users/me/blocks/${third.id}`)
  await send(other, 'PUT', `/v1/users/me/blocks/${third.id}`)
  const keepers = app.personalData.keepers()
  const exported = async (name: string, { id }: TestUser) => {
    const records: object[] = []
    for await (const record of keepers.get(name)!.export(id)) records.push(record)
    return records
  }
  t.match(await exported('follows', one), [{ follows: other.id }, { followedBy: other.id }])
  t.match(await exported('blocks', one), [{ userId: third.id }])
  t.same(await exported('blocks', third), [], 'blocks against a person are not exported to them')
  t.match(await exported('account', one), [{ id: one.id, displayName: 'Person 0' }])
  for (const name of ['follows', 'blocks', 'account']) {
    for (let n = 0; n < 2; n++) await keepers.get(name)!.erase(one.id)
  }
  t.match(await profileOf(other), { followerCount: 0, followingCount: 0 })
  t.equal((await send(null, 'GET', `/v1/users/${one.id}`)).status, 404)
  await keepers.get('blocks')!.erase(third.id)
  t.same(
    (await send<Page<Block>>(other, 'GET', '/v1/users/me/blocks')).body.items,
    [],
    'blocks against the person are removed too'
  )
})
