import t from 'tap'
import type { OnlinePeople } from '../../../../contract/live.ts'
import type { Show } from '../../../../contract/shows.ts'
import type { User } from '../../../../contract/users.ts'
import { createOnlinePeople } from '../../../../plugins/app/live-values/online-people.ts'
import { startAppWithOperator } from '../../../operator-app.ts'
import { until } from '../../../realtime/real-app.ts'
import { call, signIn, signInAsGuest, type TestUser } from '../../../users.ts'

const { url, operator } = await startAppWithOperator(t, { AUTH_GUESTS: 'on' })

const onlineFor = async (user: TestUser) => await user.rest<OnlinePeople>('GET', '/v1/users/me/following/online')
const namesFor = async (user: TestUser) => (await onlineFor(user)).items.map(({ user }) => user.displayName)
const show = async (user: TestUser, showsOnline: boolean) =>
  await user.rest<User>('PATCH', '/v1/users/me', { showsOnline })

/** Signs in a person whom the fan follows. */
async function followed(fan: TestUser, displayName: string): Promise<TestUser> {
  const user = await signIn(url, displayName)
  await fan.rest('PUT', `/v1/users/${user.id}/follow`)
  return user
}

t.test('only people who chose it are shown, while they are connected', async t => {
  const fan = await signIn(url, 'Fan')
  const ana = await followed(fan, 'Ana')
  const stranger = await signIn(url, 'Stranger')
  t.match(await ana.rest('GET', '/v1/users/me'), { showsOnline: false })
  const clients = [await ana.connect(), await stranger.connect()]
  await show(stranger, true)
  t.same(await namesFor(fan), [], 'off by default, and only people who are followed')
  t.match(await show(ana, true), { showsOnline: true })
  t.match(await ana.rest('GET', '/v1/users/me/export'), { account: [{ showsOnline: true }] })
  await until(async () => (await onlineFor(fan)).items.length === 1)
  t.match(await onlineFor(fan), { items: [{ user: { id: ana.id, displayName: 'Ana' }, show: null }] })
  t.same(await namesFor(stranger), [], 'not for people who do not follow her')
  await show(ana, false)
  t.same(await namesFor(fan), [], 'at once')
  await show(ana, true)
  t.same(await namesFor(fan), ['Ana'])
  for (const client of clients) client.disconnect()
  await until(async () => (await onlineFor(fan)).items.length === 0)
})

t.test('blocked and suspended people are never shown', async t => {
  const fan = await signIn(url, 'Fan')
  const people = [await followed(fan, 'Blocks'), await followed(fan, 'Blocked'), await followed(fan, 'Suspended')]
  const [blocks, blocked, suspended] = people
  const clients = []
  for (const person of people) {
    await show(person, true)
    clients.push(await person.connect())
  }
  await until(async () => (await onlineFor(fan)).items.length === 3)
  t.same(await namesFor(fan), ['Suspended', 'Blocked', 'Blocks'], 'those followed last first')
  await blocks!.rest('PUT', `/v1/users/me/blocks/${fan.id}`)
  await fan.rest('PUT', `/v1/users/me/blocks/${blocked!.id}`)
  t.same(await namesFor(fan), ['Suspended'])
  await call(url, 'POST', `/v1/operator/users/${suspended!.id}/suspend`, { reason: 'Threats' }, operator.token)
  t.same(await namesFor(fan), [])
  for (const client of clients) client.disconnect()
})

t.test('the show is told only while it is public and live and the person is in it', async t => {
  const fan = await signIn(url, 'Fan')
  const ana = await followed(fan, 'Ana')
  await show(ana, true)
  const client = await ana.connect()
  const seenShow = async () => (await onlineFor(fan)).items[0]?.show
  for (const visibility of ['private', 'unlisted'] as const) {
    const { id } = await ana.rest<Show>('POST', '/v1/shows', { title: visibility, visibility })
    await ana.rest('POST', `/v1/shows/${id}/start`)
    await client.join(id)
    await new Promise(resolve => setTimeout(resolve, 1500))
    t.equal(await seenShow(), null, visibility)
    await ana.rest('POST', `/v1/shows/${id}/end`)
  }
  const { id, version } = await ana.rest<Show>('POST', '/v1/shows', { title: 'For everybody' })
  await ana.rest('POST', `/v1/shows/${id}/start`)
  await client.join(id)
  await until(async () => (await seenShow()) !== null)
  t.same(await seenShow(), { id, title: 'For everybody' })
  const current = await ana.rest<Show>('GET', `/v1/shows/${id}`)
  t.ok(current.version >= version)
  await ana.rest('PATCH', `/v1/shows/${id}`, { version: current.version, visibility: 'private' })
  t.equal(await seenShow(), null, 'at once when it becomes private')
  client.disconnect()
})

t.test('guests neither see nor show anything', async t => {
  const guest = await signInAsGuest(url)
  await t.rejects(onlineFor(guest), /403/)
  await t.rejects(show(guest, true), /403/)
})

t.test('people are left out by each rule alone', async t => {
  const userIds = ['ana', 'bo', 'cleo', 'dan', 'eve']
  const people = createOnlinePeople({
    store: { findConnected: async ids => new Map(ids.map(id => [id, id === 'ana' ? 'live' : 'ended'])) },
    follows: { followedIds: async () => userIds },
    users: {
      peopleShowingOnline: async ids =>
        new Map(ids.filter(id => id !== 'dan').map(id => [id, { id, displayName: id, avatarUrl: null }]))
    },
    blocks: { findBetween: async () => new Set(['bo']) },
    suspensions: { findAmong: async () => new Set(['cleo']) },
    shows: {
      findPublic: async () =>
        new Map([
          ['live', { id: 'live', title: 'A show', status: 'live' as const }],
          ['ended', { id: 'ended', title: 'Over', status: 'ended' as const }]
        ])
    }
  })
  t.same(await people.followedBy('fan'), {
    items: [
      { user: { id: 'ana', displayName: 'ana', avatarUrl: null }, show: { id: 'live', title: 'A show' } },
      { user: { id: 'eve', displayName: 'eve', avatarUrl: null }, show: null }
    ]
  })
})

t.test('at most a hundred are shown, and the request fails while nobody can say', async t => {
  const userIds = Array.from({ length: 1000 }, (_, n) => `user${n}`)
  const parts = {
    follows: { followedIds: async () => userIds },
    users: {
      peopleShowingOnline: async (ids: readonly string[]) =>
        new Map(ids.map(id => [id, { id, displayName: id, avatarUrl: null }]))
    },
    blocks: { findBetween: async () => new Set<string>() },
    suspensions: { findAmong: async () => new Set<string>() },
    shows: { findPublic: async () => new Map() }
  }
  const all = createOnlinePeople({
    ...parts,
    store: { findConnected: async ids => new Map(ids.map(id => [id, null])) }
  })
  t.equal((await all.followedBy('fan')).items.length, 100)
  const away = createOnlinePeople({
    ...parts,
    store: {
      async findConnected() {
        throw new Error('connection lost')
      }
    }
  })
  await t.rejects(away.followedBy('fan'), { code: 'UNAVAILABLE' })
})
