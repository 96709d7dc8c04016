import t from 'tap'
import { startApp, until } from '../../realtime/real-app.ts'
import { goLive, signIn } from '../../users.ts'
import { ask, codesOf } from './ask.ts'
import { commandsOf } from './commands-of.ts'

const creators = 6

const { app, url } = await startApp(t)
const shows = await Promise.all(Array.from({ length: creators }, async (_, n) => await goLive(url, `Show ${n}`)))
const fan = await signIn(url, 'Fan')
for (const { creator } of shows) await fan.rest('PUT', `/v1/users/${creator.id}/follow`)
// The followers of started shows are read until all are told.
const occasions = app.db.collection('notificationOccasions')
await until(async () => (await occasions.countDocuments({ nextAt: { $exists: false } })) === creators)

const home = `query Home { shows(first: 20, status: live) { edges { node {
  id title listenerCount songsOnAir { title artists }
  creator { id displayName profile { bio followerCount followingCount followed } }
} } } }`

t.test('a query sends one command for each type and level, however often it is asked', async t => {
  const expected = [
    'aggregate follows',
    'aggregate follows',
    'find follows',
    'find shows',
    'find shows',
    'find users',
    'find users'
  ]
  // After some repetitions the query is compiled.
  for (let n = 0; n < 6; n++) {
    const commands = await commandsOf(app, async () => {
      const { data, errors } = await ask<{ shows: { edges: object[] } }>(url, home, { token: fan.token })
      t.same(errors, [])
      t.equal(data?.shows.edges.length, creators)
    })
    t.same(commands, expected)
  }
})

t.test('shows that are named one by one are read by one command', async t => {
  const query = `{ ${shows.map(({ showId }, n) => `s${n}: show(id: "${showId}") { title }`).join(' ')} }`
  t.same(await commandsOf(app, async () => await ask(url, query)), ['find shows', 'find users'])
})

t.test('the counts are those of REST', async t => {
  const [first] = shows
  const id = first?.creator.id ?? ''
  const rest = await fan.rest<Record<string, unknown>>('GET', `/v1/users/${id}`)
  const query = `{ user(id: "${id}") { ${Object.keys(rest)
    .filter(name => name !== 'links')
    .join(' ')} links { url } } }`
  const { data, errors } = await ask<{ user: object }>(url, query, { token: fan.token })
  t.same(errors, [])
  t.same(data?.user, rest)
})

t.test('an error of the store reaches nobody, and the other fields have their values', async t => {
  const { profiles } = app.users
  app.users.profiles = async () => await Promise.reject(new Error('secret: mongodb://user:password@host'))
  for (let n = 0; n < 6; n++) {
    const answer = await ask<{ shows: { edges: { node: { title: string } }[] } }>(url, home, { token: fan.token })
    t.equal(answer.status, 200)
    t.notMatch(answer.text, /secret|password|mongodb/)
    t.ok(answer.data?.shows.edges.every(({ node }) => node.title.startsWith('Show')))
    t.equal(answer.errors.length, creators)
    for (const { message, extensions, path } of answer.errors) {
      t.same(extensions, { code: 'INTERNAL' })
      t.match(message, /^Something failed on our side \(request [\w-]+\)\.$/)
      t.equal(path?.at(-1), 'profile')
    }
  }
  app.users.profiles = profiles
})

t.test('a value that the contract does not allow is an error of the server', async t => {
  const { get } = app.liveValues
  app.liveValues.get = () => Object.assign({}, get(), { listeners: 'many', showsLive: null })
  for (let n = 0; n < 6; n++) {
    const answer = await ask(url, '{ live { listeners showsLive } }')
    t.same([...new Set(answer.errors.map(({ extensions }) => extensions.code))], ['INTERNAL'])
    t.notMatch(answer.text, /many|non-nullable/)
  }
  app.liveValues.get = get
})

t.test('queries count as the requests whose work they do', async t => {
  const { url } = await startApp(t, { LIMIT_REST_PER_MINUTE: '20' })
  const query = '{ shows { edges { node { creator { profile { followerCount } } } } } }'
  const first = await ask(url, query)
  t.equal(first.status, 200, 'counts 13: a list of 20, with a count for each')
  const second = await ask(url, query)
  t.equal(second.status, 429)
  t.same(codesOf(second), ['RATE_LIMITED'])
  t.ok(second.errors[0]?.extensions.retryAfterMs)
})
