import { Collection, MongoServerError } from 'mongodb'
import t from 'tap'
import { goLive, joinShow, signIn } from '../users.ts'
import { startApp, tryHandshake } from './real-app.ts'

const { app, url } = await startApp(t)

/** The methods of the collections of the application come from here: those that are opened with options, and others. */
const prototypes: Collection[] = [Collection.prototype, Object.getPrototypeOf(app.db.collection('any'))]

/** Runs a task while every lookup in the store fails as MongoDB fails when it is overloaded. */
async function whileOverloaded<T>(task: () => Promise<T>): Promise<T> {
  const restores = prototypes.map(prototype => {
    const { findOne } = prototype
    prototype.findOne = async () => {
      const errorLabels = ['SystemOverloadedError', 'RetryableError']
      throw new MongoServerError({ message: 'too many requests', code: 462, errorLabels })
    }
    return () => (prototype.findOne = findOne)
  })
  try {
    return await task()
  } finally {
    for (const restore of restores.toReversed()) restore()
  }
}

t.test('a request while the database is overloaded is answered UNAVAILABLE with a delay', async t => {
  const { showId } = await goLive(url)
  const { token } = await signIn(url, 'Somebody')
  const answer = await whileOverloaded(
    async () => await fetch(`${url}/v1/shows/${showId}`, { headers: { authorization: `Bearer ${token}` } })
  )
  t.equal(answer.status, 503)
  t.equal(answer.headers.get('retry-after'), '1')
  t.match(await answer.json(), { code: 'UNAVAILABLE', retryAfterMs: 1000 })
})

t.test('a command while the database is overloaded is answered UNAVAILABLE with a delay', async t => {
  const { showId } = await goLive(url)
  const late = await (await signIn(url, 'Late')).connect()
  const { client } = await joinShow(url, showId)
  const unavailable = { ok: false, error: { code: 'UNAVAILABLE', retryAfterMs: 1000 } }
  await whileOverloaded(async () => {
    t.match(await late.requestRaw('show:join', { showId }), unavailable)
    t.match(await client.requestRaw('comment:delete', { commentId: 'x' }), unavailable)
  })
  t.equal((await late.requestRaw('show:join', { showId })).ok, true, 'the next attempt succeeds')
  late.disconnect()
  client.disconnect()
})

t.test('a handshake while the database is overloaded is refused with UNAVAILABLE and a delay', async t => {
  const { token } = await signIn(url, 'Somebody')
  const { refusal } = await whileOverloaded(async () => await tryHandshake(url, { token }))
  t.match(refusal, { code: 'UNAVAILABLE', retryAfterMs: 1000 })
})
