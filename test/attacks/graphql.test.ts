import t from 'tap'
import { startAppWithOperator } from '../operator-app.ts'
import { ask, codesOf } from '../routes/graphql/ask.ts'
import { createWorld, roles, type Role, type World } from './world.ts'

/** A field, and the code that each role gets in the order of `roles`; `ok` when it gets the value. */
interface Row {
  field: (world: World) => string
  codes: string
  /** Data of the owner that nobody else may get. */
  hidden?: (world: World) => string
}

const everybody = 'ok ok ok ok ok ok ok'
const accounts = 'UNAUTHENTICATED FORBIDDEN ok ok ok ok ok'
const ownerOnly = 'NOT_FOUND NOT_FOUND NOT_FOUND NOT_FOUND NOT_FOUND ok NOT_FOUND'
const ofShow = (showId: string, field: string) => `show(id: "${showId}") { ${field} }`
const ofLive = (field: string) => (world: World) => ofShow(world.liveShowId, field)
const ofPrivate = (field: string) => (world: World) => ofShow(world.privateShowId, field)
const ofOwner = (field: string) => (world: World) => `user(id: "${world.people.owner.id}") { ${field} }`

/** The same expectations as of the requests of REST in expectations.ts. */
const rows: readonly Row[] = [
  { field: () => 'me { id }', codes: 'UNAUTHENTICATED ok ok ok ok ok ok', hidden: world => world.people.owner.id },
  { field: () => 'live { usersConnected today { joins } }', codes: everybody },
  { field: () => 'followedOnline { user { id } }', codes: accounts },
  { field: () => 'songs { edges { node { title } } }', codes: accounts, hidden: () => 'Hidden treasure' },
  {
    field: ({ songId }) => `song(id: "${songId}") { title audioUrl }`,
    codes: 'UNAUTHENTICATED FORBIDDEN NOT_FOUND NOT_FOUND NOT_FOUND ok NOT_FOUND',
    hidden: () => 'Hidden treasure'
  },
  { field: () => 'shows { edges { node { id } } }', codes: everybody, hidden: world => world.privateShowId },
  { field: ofOwner('displayName followerCount followingCount followed'), codes: everybody },
  { field: ofOwner('followers { edges { node { id } } } following { edges { node { id } } }'), codes: everybody },
  { field: ofOwner('shows { edges { node { id } } }'), codes: everybody, hidden: world => world.privateShowId },
  { field: ofLive('title creator { displayName profile { bio } }'), codes: everybody },
  { field: ofLive('playlist { version }'), codes: everybody },
  { field: ofLive('songsOnAir { title }'), codes: everybody },
  { field: ofLive('comments { edges { node { text } } }'), codes: everybody },
  { field: ofLive('analytics { talkMs }'), codes: 'UNAUTHENTICATED FORBIDDEN FORBIDDEN FORBIDDEN ok ok FORBIDDEN' },
  { field: ({ unlistedShowId }) => ofShow(unlistedShowId, 'title'), codes: everybody },
  { field: ofPrivate('title'), codes: ownerOnly, hidden: () => 'A planned show' },
  { field: ofPrivate('playlist { version }'), codes: ownerOnly },
  { field: ofPrivate('songsOnAir { title }'), codes: ownerOnly },
  { field: ofPrivate('comments { edges { node { text } } }'), codes: ownerOnly },
  {
    field: ofPrivate('analytics { talkMs }'),
    codes: 'NOT_FOUND NOT_FOUND NOT_FOUND NOT_FOUND NOT_FOUND SHOW_NOT_LIVE NOT_FOUND'
  }
]

const real = await startAppWithOperator(t)
const world = await createWorld(real)
const tokenOf = (role: Role) => (role === 'anonymous' ? undefined : world.people[role].token)

for (const { field, codes, hidden } of rows) {
  const query = `{ ${field(world)} }`
  t.test(query, async t => {
    for (const [n, role] of roles.entries()) {
      const answer = await ask(world.url, query, { token: tokenOf(role) })
      t.equal(answer.status, 200)
      const [code = 'ok'] = answer.errors.map(({ extensions }) => extensions.code)
      t.equal(code, codes.split(' ')[n], `${role}: ${answer.text.slice(0, 200)}`)
      if (hidden && role !== 'owner') t.notOk(answer.text.includes(hidden(world)), `${role} does not see the data`)
    }
  })
}

t.test('a field that is refused is null, and the others of the query have their values', async t => {
  const answer = await ask<{ me: null; live: object }>(world.url, '{ me { id } live { showsLive } }')
  t.equal(answer.data?.me, null)
  t.ok(answer.data?.live)
  t.same(codesOf(answer), ['me UNAUTHENTICATED'])
})

t.test('a token that is not valid, and one of a suspended person, refuse the whole query', async t => {
  const broken = await ask(world.url, '{ live { showsLive } }', { token: 'x' })
  t.same([broken.status, codesOf(broken)], [401, ['UNAUTHENTICATED']])
  const person = await world.newcomer('other')
  await world.app.operators.suspend(world.people.operator.id, person?.id ?? '', 'A reason')
  const suspended = await ask(world.url, '{ live { showsLive } }', { token: person?.token })
  t.same([suspended.status, codesOf(suspended)], [401, ['UNAUTHENTICATED']])
})

t.test('a blocked co-host loses the analytics at once', async t => {
  const { cohost, owner } = world.people
  const query = `{ ${ofShow(world.liveShowId, 'analytics { talkMs }')} }`
  await world.app.blocks.block(owner.id, cohost.id)
  t.same(codesOf(await ask(world.url, query, { token: cohost.token })), ['show.analytics FORBIDDEN'])
})
