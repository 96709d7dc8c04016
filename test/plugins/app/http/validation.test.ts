import Fastify from 'fastify'
import t from 'tap'
import { Type, type TSchema } from 'typebox'
import { clientEvents } from '../../../../contract/client-events.ts'
import { PlaylistEdit } from '../../../../contract/playlist.ts'
import { ShowPatch } from '../../../../contract/shows.ts'
import { answerError } from '../../../../plugins/app/http/errors.ts'
import { createValidation } from '../../../../plugins/app/http/validation.ts'

const { validator, validatorCompiler } = createValidation()
const app = Fastify()
app.setErrorHandler(answerError)
app.setValidatorCompiler(validatorCompiler)
app.put('/playlist', { schema: { body: PlaylistEdit } }, async () => ({}))
t.teardown(async () => await app.close())

async function put(
  items: unknown[],
  version: unknown = 0
): Promise<{ statusCode: number; issues: { path: string; message: string }[] }> {
  const answer = await app.inject({ method: 'PUT', url: '/playlist', payload: { version, items } })
  return { statusCode: answer.statusCode, issues: answer.json().issues }
}

t.test('a body with more values than any valid one is rejected without a search for issues', async t => {
  for (const items of [
    Array(300_000).fill({}),
    Array(300_000).fill(0),
    [Array(300_000).fill(0)],
    Array(1000).fill([0, 0])
  ]) {
    t.same(await put(items, 'wrong'), { statusCode: 400, issues: [{ path: '', message: 'has too many parts' }] })
  }
})

t.test('the largest body is accepted, and a slightly larger one is answered with its issues', async t => {
  const item = { id: 'item', kind: 'spotify', trackId: 'track' }
  t.equal((await put(Array(500).fill(item))).statusCode, 200)
  t.same((await put(Array(501).fill(item))).issues, [{ path: '/items', message: 'must NOT have more than 500 items' }])
  const paths = (await put([{ ...item, trackId: '' }], 'wrong')).issues.map(({ path }) => path)
  for (const path of ['/version', '/items/0/trackId']) t.ok(paths.includes(path), path)
})

t.test('the issues of a union are those of the variant that its tag names', async t => {
  const issues = async (item: unknown) => (await put([item])).issues
  t.same(await issues({ kind: 'song' }), [{ path: '/items/0/songId', message: 'is required' }])
  t.same(await issues({ kind: 'song', songId: 'song', title: 'A title' }), [
    { path: '/items/0/title', message: 'is not a known property' }
  ])
  t.same(await issues({ kind: 'radio', songId: 'song' }), [
    { path: '/items/0/kind', message: 'must be one of song, spotify' }
  ])
  t.same(await issues(null), [{ path: '/items/0', message: 'must be object' }])
  t.same(
    (await put([{ kind: 'song', songId: '' }, { kind: 'spotify' }], 'wrong')).issues.map(({ path }) => path).sort(),
    ['/items/0/songId', '/items/0/songId', '/items/1/trackId', '/version']
  )
})

t.test('the issues of a nullable value are those of the value', async t => {
  const check = validator.compile(ShowPatch)
  t.same(check({ startsAt: 'tomorrow' }), [{ path: '/startsAt', message: 'must match format "date-time"' }])
  t.same(check({ startsAt: 5 }), [{ path: '/startsAt', message: 'must be string or null' }])
  t.equal(check({ startsAt: null }), null)
})

t.test('a socket message is checked in the same way', async t => {
  const check = validator.compile(clientEvents['media:produce'].payload)
  t.same(check({ codecs: Array(5000).fill({}) }), [{ path: '', message: 'has too many parts' }])
  t.match(check({}), [{ path: '/transportId' }, { path: '/kind' }, { path: '/rtpParameters' }])
  t.equal(validator.compile(clientEvents['show:leave'].payload)({}), null)
})

t.test('equal schemas of parameters are compiled once, and different ones apart', async t => {
  const compile = (schema: TSchema) => validatorCompiler({ schema, method: 'GET', url: '/', httpPart: 'params' })
  const check = compile(Type.Object({ showId: Type.String({ maxLength: 3 }) }))
  t.equal(compile(Type.Object({ showId: Type.String({ maxLength: 3 }) })), check)
  t.not(compile(Type.Object({ showId: Type.String({ maxLength: 4 }) })), check)
})
