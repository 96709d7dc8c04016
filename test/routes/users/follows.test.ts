import fc from 'fast-check'
import t from 'tap'
import type { Page } from '../../../contract/paging.ts'
import type { Block, Person } from '../../../contract/users.ts'
import type { TestUser } from '../../users.ts'
import { startApp } from '../../realtime/real-app.ts'
import { createUserRequests } from './user-requests.ts'

const { app, url } = await startApp(t, { AUTH_GUESTS: 'on' })
const { send, signInGuest, signInPeople, profileOf, readAll } = createUserRequests(url)

t.test('following and unfollowing are safe to repeat', async t => {
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

t.test('follows of oneself, of unknown users, by guests and across blocks are rejected', async t => {
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

t.test('follows, blocks and the account are exported and erased', async t => {
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
