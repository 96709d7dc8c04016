import t from 'tap'
import { buildClientSchema, getIntrospectionQuery, type IntrospectionQuery } from 'graphql'
import { maxGraphqlBytes } from '../../../contract/graphql.ts'
import { startApp } from '../../realtime/real-app.ts'
import { call, goLive, signIn } from '../../users.ts'
import { ask, codesOf } from './ask.ts'

const { app, url } = await startApp(t)
const { creator, showId } = await goLive(url)

const repeated = (count: number, of: (n: number) => string) => Array.from({ length: count }, (_, n) => of(n)).join(' ')

/** Doubles the fields with each fragment. */
const bomb = `{ live { ...f0 } } ${repeated(19, n => `fragment f${n} on LiveValues { ...f${n + 1} ...f${n + 1} }`)}
  fragment f19 on LiveValues { listeners }`

/** Repeats a fragment that does not exist with each fragment: no field counts, but every place is visited. */
const emptyBomb = `{ live { ...f0 } } ${repeated(19, n => `fragment f${n} on LiveValues { ${`...f${n + 1} `.repeat(8)} }`)}
  fragment f19 on LiveValues { ...missing }`

const hostile: Readonly<Record<string, string>> = {
  'that is 9 fields deep': '{ shows { edges { node { creator { profile { shows { edges { node { id } } } } } } } } }',
  'with 900 aliases': `{ live { ${repeated(900, n => `a${n}: listeners`)} } }`,
  'with 60 aliases': `{ live { ${repeated(60, n => `a${n}: listeners`)} } }`,
  'with 30 root fields': `{ ${repeated(30, n => `a${n}: live { listeners }`)} }`,
  'with a fragment that contains itself': '{ ...a } fragment a on Query { ...a }',
  'with fragments that contain each other': '{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }',
  'with a cycle that it does not use': '{ live { listeners } } fragment a on Query { ...a }',
  'with fragments that multiply': bomb,
  'with fragments that multiply one that does not exist': emptyBomb,
  'with a fragment that does not exist': '{ live { ...missing } }',
  'with many directives': `{ live { listeners ${repeated(21, () => '@skip(if: false)')} } }`,
  'with a directive 21 times on different fields': `{ live { ${repeated(21, () => 'listeners @skip(if: false)')} } }`,
  'with too many values': `{ shows(first: 100) { edges { node {
    ${repeated(30, n => `c${n}: creator { id displayName avatarUrl }`)} } } } }`,
  'with too many lists of numbers': `{ songs(first: 100) { edges { node { ${repeated(20, n => `p${n}: peaks`)} } } } }`,
  'with the work of many requests': `{ ${repeated(3, n => `a${n}: shows(first: 100) { edges { node { songsOnAir { title } creator { profile { followerCount } } } } }`)} }`,
  'for the playlist of each show': '{ shows { edges { node { playlist { version } } } } }',
  'for the followers of each creator':
    '{ shows { edges { node { creator { profile { followers { edges { cursor } } } } } } } }',
  'for 0 items': '{ shows(first: 0) { pageInfo { endCursor } } }',
  'for 101 items': '{ shows(first: 101) { pageInfo { endCursor } } }',
  'for a negative number of items': '{ shows(first: -1) { pageInfo { endCursor } } }',
  'for types inside of types': '{ __schema { types { fields { type { fields { name } } } } } }',
  'for the schema twice': '{ a: __schema { types { name } } b: __schema { types { name } } }',
  'with two operations': 'query a { live { listeners } } query b { live { listeners } }',
  'without an operation': 'fragment a on Query { live { listeners } }',
  'that is a mutation': 'mutation { endShow }',
  'that is a subscription': 'subscription { live { listeners } }',
  'that is a syntax tree': JSON.stringify({ kind: 'Document', definitions: [] }),
  'that is JSON': 'null',
  'that is a schema': 'type Query { a: Int }',
  'that is no query': '}',
  'for a field that does not exist': '{ secrets }',
  'with a wrong argument': '{ shows(first: "many") { pageInfo { endCursor } } }'
}

for (const [name, query] of Object.entries(hostile)) {
  t.test(`a query ${name} is refused`, async t => {
    // Repeated, because queries and refusals are remembered.
    for (let n = 0; n < 3; n++) {
      const answer = await ask(url, query)
      t.equal(answer.status, 400, answer.text.slice(0, 300))
      t.equal(answer.data, undefined)
      t.same(new Set(codesOf(answer)), new Set(['VALIDATION']))
    }
  })
}

t.test('variables are checked, and limited like values in the query', async t => {
  const query = 'query ($first: Int = 20, $after: String) { shows(first: $first, after: $after) { edges { cursor } } }'
  for (const first of [0, 101, 1.5, '20', [20], {}, 1e300]) {
    t.equal((await ask(url, query, { variables: { first } })).status, 400, JSON.stringify(first))
  }
  t.equal((await ask(url, query, { variables: { first: null } })).status, 200)
  const foreign = await ask(url, query, { variables: { after: 'no cursor' } })
  t.same(codesOf(foreign), ['shows VALIDATION'])
  t.same(foreign.errors[0]?.extensions.issues, [{ path: '/after', message: 'is not a cursor of this list' }])
})

t.test('a body that is no request is refused', async t => {
  const send = async (body: string, contentType = 'application/json') =>
    await fetch(`${url}/graphql`, { method: 'POST', headers: { 'content-type': contentType }, body })
  const query = '{ live { listeners } }'
  t.equal((await send(JSON.stringify([{ query }, { query }]))).status, 400, 'a batch')
  t.equal((await send(JSON.stringify({ query: ' '.repeat(maxGraphqlBytes) + query }))).status, 413, 'a large one')
  t.equal((await send(JSON.stringify({ query, variables: { a: 'x'.repeat(maxGraphqlBytes) } }))).status, 413)
  t.equal((await send(JSON.stringify({}))).status, 400)
  t.equal((await send('{')).status, 400)
  t.equal((await send(query, 'application/graphql')).status, 415)
  t.equal((await send(`query=${query}`, 'application/x-www-form-urlencoded')).status, 415)
  t.equal((await send(JSON.stringify({ query, variables: { deep: { deep: [1] } }, extensions: {} }))).status, 200)
})

t.test('the schema can be asked, and is the one at /docs/graphql.graphql', async t => {
  const { data } = await ask<IntrospectionQuery>(url, getIntrospectionQuery())
  if (!data) return t.fail('no schema')
  const shown = await (await fetch(`${url}/docs/graphql.graphql`)).text()
  const types = Object.keys(buildClientSchema(data).getTypeMap()).filter(name => !name.startsWith('__'))
  t.ok(types.length > 40)
  for (const type of ['Show', 'ShowConnection', 'PlaylistItem']) t.ok(shown.includes(`type ${type} {`), type)
})

t.test('only POST /graphql exists', async t => {
  for (const path of ['/graphql', '/graphql?query={live{listeners}}', '/graphiql', '/graphiql/main.js']) {
    const { status } = await fetch(url + path, { headers: { accept: 'text/plain' } })
    t.equal(status, 404, path)
  }
  t.equal((await fetch(`${url}/graphql`, { method: 'PUT' })).status, 404)
  const routes = app.printRoutes({ commonPrefix: false }).split('\n')
  t.same(
    routes.flatMap(line => /\S*graph\w*.*/.exec(line)?.[0] ?? []),
    ['graphql.graphql (GET, HEAD)', '/graphql (POST)']
  )
})

t.test('an answer has the headers of REST, and the media type that was asked for', async t => {
  const rest = await fetch(`${url}/v1/live`)
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', origin: url },
    body: JSON.stringify({ query: '{ live { listeners } }' })
  })
  t.equal(response.headers.get('content-type'), 'application/graphql-response+json; charset=utf-8')
  t.equal(response.headers.get('cache-control'), 'no-store')
  for (const name of ['content-security-policy', 'x-content-type-options', 'referrer-policy']) {
    t.equal(response.headers.get(name), rest.headers.get(name), name)
  }
  t.equal(response.headers.get('access-control-allow-origin'), url)
})

t.test('lists are paged by the cursors of REST and of their edges', async t => {
  for (let n = 0; n < 5; n++) await (await signIn(url, 'Creator')).rest('POST', '/v1/shows', { title: `Show ${n}` })
  interface Shows {
    shows: { edges: { cursor: string; node: { id: string } }[]; pageInfo: { hasNextPage: boolean; endCursor: string } }
  }
  const query = `query ($n: Int, $after: String) {
    shows(first: $n, after: $after) { edges { cursor node { id } } pageInfo { hasNextPage endCursor } }
  }`
  const page = async (n: number, after?: string) => {
    const { data } = await ask<Shows>(url, query, { variables: { n, after } })
    if (!data) throw new Error('no page')
    return data.shows
  }
  const ids = ({ edges }: Shows['shows']) => edges.map(({ node }) => node.id)
  const all = await page(100)
  t.notOk(all.pageInfo.hasNextPage)
  const first = await page(2)
  t.ok(first.pageInfo.hasNextPage)
  t.same([...ids(first), ...ids(await page(100, first.pageInfo.endCursor))], ids(all))
  t.same(ids(await page(100, first.edges[0]?.cursor)), ids(all).slice(1))
  const rest = await call<{ nextCursor: string }>(url, 'GET', '/v1/shows?limit=2')
  t.equal(rest.nextCursor, first.pageInfo.endCursor)
})

t.test('a show that is asked twice, and one that does not exist, are answered apart', async t => {
  const query = `{ a: show(id: "${showId}") { title } b: show(id: "${showId}") { title } c: show(id: "x") { title } }`
  const answer = await ask(url, query, { token: creator.token })
  t.same(answer.data, { a: { title: 'A show' }, b: { title: 'A show' }, c: null })
  t.same(codesOf(answer), ['c NOT_FOUND'])
})
