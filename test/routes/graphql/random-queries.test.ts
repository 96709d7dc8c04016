import fc from 'fast-check'
import { buildClientSchema, getIntrospectionQuery, type IntrospectionQuery } from 'graphql'
import t from 'tap'
import { runsOf } from '../../depth.ts'
import { errorTable } from '../../../contract/errors.ts'
import { startAppWithOperator } from '../../operator-app.ts'
import { createWorld } from '../../attacks/world.ts'
import { ask, type Asked } from './ask.ts'
import { damaged, randomQuery } from './random-query.ts'

const numRuns = runsOf(50, 150)

const real = await startAppWithOperator(t)
const world = await createWorld(real)
await world.comment()
const { url, people, liveShowId, privateShowId, songId } = world
const { data } = await ask<IntrospectionQuery>(url, getIntrospectionQuery())
if (!data) throw new Error('no schema')
const queries = randomQuery(buildClientSchema(data), [
  liveShowId,
  privateShowId,
  songId,
  people.owner.id,
  people.cohost.id
])
const tokens = fc.constantFrom(undefined, people.guest.token, people.other.token, people.owner.token)

/** Throws unless an answer has data or coded errors that are not the server's. */
function assertTyped({ status, data, errors, text }: Asked<object>): void {
  const codes = errors.map(({ extensions }) => extensions.code)
  const isTyped = codes.every(code => code in errorTable && code !== 'INTERNAL' && code !== 'UNAVAILABLE')
  const fits = status === 200 ? Boolean(data) : status === 400 && data === undefined && codes.length > 0
  if (!isTyped || !fits) throw new Error(`answered ${status}: ${text}`)
}

let answered = 0

t.test('every query that fits the schema gets its data, or a refusal with a code', async t => {
  await fc.assert(
    fc.asyncProperty(queries, tokens, async (query, token) => {
      const answer = await ask<object>(url, query, { token })
      if (answer.status === 200) answered++
      assertTyped(answer)
    }),
    { numRuns }
  )
  t.ok(answered > numRuns / 3, `${answered} of ${numRuns} were answered with data`)
})

t.test('every damaged query gets its data, or a refusal with a code', async t => {
  await fc.assert(
    fc.asyncProperty(damaged(queries), tokens, async (query, token) => {
      assertTyped(await ask<object>(url, query, { token }))
    }),
    { numRuns }
  )
  t.pass()
})

t.test('any variables get data, or a refusal with a code', async t => {
  const query = `query ($first: Int, $after: String, $status: ShowSection, $id: ID, $followed: Boolean) {
    shows(first: $first, after: $after, status: $status, creatorId: $id, followed: $followed) { edges { cursor } }
  }`
  const values = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.integer({ min: -2, max: 102 }),
    fc.constantFrom('live', true)
  )
  const variables = fc.dictionary(fc.constantFrom('first', 'after', 'status', 'id', 'followed', '__proto__'), values)
  await fc.assert(
    fc.asyncProperty(variables, async variables => assertTyped(await ask<object>(url, query, { variables }))),
    { numRuns }
  )
  t.pass()
})
