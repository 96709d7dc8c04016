import Fastify from 'fastify'
import t from 'tap'
import { clientEvents } from '../../../../contract/client-events.ts'
import { PlaylistEdit } from '../../../../contract/playlist.ts'
import { ShowPatch } from '../../../../contract/shows.ts'
import errors from '../../../../plugins/app/http/errors.ts'
import validation from '../../../../plugins/app/http/validation.ts'

const app = Fastify()
await app.register(errors)
await app.register(validation)
app.put('/playlist', { schema: { body: PlaylistEdit } }, async () => ({}))
t.teardown(async () => await app.close())

async function put(
  items: unknown[],
  version: unknown = 0
): Promise<{ statusCode: number; issues: { path: string; message: string }[] }> {
  const answer = await app.inject({ method: 'PUT', url: '/playlist', payload: { version, items } })
  return { statusCode: answer.statusCode, issues: answer.json().issues }
}

t.test('a body of more parts than anything has is not searched for mistakes', async t => {
  for (const items of [
    Array(300_000).fill({}),
    Array(300_000).fill(0),
    [Array(300_000).fill(0)],
    Array(1000).fill([0, 0])
  ]) {
    t.same(await put(items, 'wrong'), { statusCode: 400, issues: [{ path: '', message: 'has too many parts' }] })
  }
})

t.test('the largest that is allowed is, and what is a little too large is told what is wrong', async t => {
  const item = { id: 'item', kind: 'spotify', trackId: 'track' }
  t.equal((await put(Array(500).fill(item))).statusCode, 200)
  t.same((await put(Array(501).fill(item))).issues, [{ path: '/items', message: 'must NOT have more than 500 items' }])
  const paths = (await put([{ ...item, trackId: '' }], 'wrong')).issues.map(({ path }) => path)
  for (const path of ['/version', '/items/0/trackId']) t.ok(paths.includes(path), path)
})

t.test('of things of several kinds only what the one that is meant lacks is named', async t => {
  const issues = async (item: unknown) => (await put([item])).issues
  t.same(await issues({ kind: 'song' }), [{ path: '/items/0/songId', message: 'is required' }])
  t.same(await issues({ kind: 'song', songId: 'song', title: 'A title' }), [
    { path: '/items/0/title', message: 'is not known here' }
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

t.test('of what may be null too, only what it lacks otherwise is named', async t => {
  const check = app.validator.compile(ShowPatch)
  t.same(check({ startsAt: 'tomorrow' }), [{ path: '/startsAt', message: 'must match format "date-time"' }])
  t.same(check({ startsAt: 5 }), [{ path: '/startsAt', message: 'must be string or null' }])
  t.equal(check({ startsAt: null }), null)
})

t.test('so is a message of a socket', async t => {
  const check = app.validator.compile(clientEvents['media:produce'].payload)
  t.same(check({ codecs: Array(5000).fill({}) }), [{ path: '', message: 'has too many parts' }])
  t.match(check({}), [{ path: '/transportId' }, { path: '/kind' }, { path: '/rtpParameters' }])
  t.equal(app.validator.compile(clientEvents['show:leave'].payload)({}), null)
})
