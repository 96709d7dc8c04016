import { MongoNetworkError, type Collection } from 'mongodb'
import t from 'tap'
import { isInRequest } from '../in-request.ts'
import { startAppWithOperator } from '../operator-app.ts'
import { goLive, grantFloor, joinShow, signIn } from '../users.ts'
import { tryHandshake, until, waitForClose } from './real-app.ts'

const { app, url, operator } = await startAppWithOperator(t)

type Method = 'find' | 'findOne' | 'updateOne' | 'updateMany' | 'deleteOne'

/** The methods of every collection of the application come from here. */
const prototype: Collection = Object.getPrototypeOf(app.db.collection('any'))

/** Makes a method fail for one collection, for the next calls or until `repair`. */
function breakStore(collection: string, method: Method, { times = Infinity, isMeant = (): boolean => true } = {}) {
  const original = prototype[method]
  let failed = 0
  const broken = function (this: Collection, ...args: unknown[]) {
    const isBroken = this.collectionName === collection && failed < times && isMeant()
    if (!isBroken) return Reflect.apply(original, this, args)
    failed++
    throw new MongoNetworkError('connection lost')
  }
  Object.assign(prototype, { [method]: broken })
  return { failures: () => failed, repair: () => Object.assign(prototype, { [method]: original }) }
}

/** Sends a request and returns its status. */
async function statusOf(method: string, path: string, token: string, body?: object): Promise<number> {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) })
  })
  return answer.status
}

const steps: [collection: string, method: Method][] = [
  ['follows', 'deleteOne'],
  ['shows', 'find'],
  ['shows', 'findOne'],
  ['showRoleRevocations', 'updateOne']
]
t.test('a blocked person leaves although the store fails', async t => {
  for (const [collection, method] of steps) {
    await t.test(`${collection}.${method}`, async t => {
      const { creator, client, showId } = await goLive(url)
      const { user, client: troll } = await joinShow(url, showId, 'Troll')
      await grantFloor(client, troll)
      const closed = waitForClose(troll.socket)
      const store = breakStore(collection, method, { isMeant: isInRequest })
      const status = await statusOf('PUT', `/v1/users/me/blocks/${user.id}`, creator.token)
      await closed
      store.repair()
      t.equal(status, store.failures() > 0 ? 503 : 204)
      t.equal(await app.blocks.has(creator.id, user.id), true, 'the block is stored')
      const { snapshot } = await client.request('show:resync', {})
      t.equal(snapshot.listenerCount, 0)
      const again = await user.connect()
      t.equal(await again.requestError('show:join', { showId }), 'BANNED')
      t.equal(await statusOf('PUT', `/v1/users/me/blocks/${user.id}`, creator.token), 204, 'repeating it finishes it')
    })
  }
})

t.test('a person stays outside when the store fails to say whether they were blocked while joining', async t => {
  const { showId } = await goLive(url)
  const person = await signIn(url, 'Person')
  const client = await person.connect()
  const original = prototype.findOne
  let asked = 0
  Object.assign(prototype, {
    findOne(this: Collection, ...args: unknown[]) {
      if (this.collectionName === 'blocks' && ++asked === 2) throw new MongoNetworkError('connection lost')
      return Reflect.apply(original, this, args)
    }
  })
  const closed = waitForClose(client.socket)
  const drained = client.nextMessage('session:drain')
  await client.requestRaw('show:join', { showId })
  t.same(await drained, { reconnectAfterMs: 1000 })
  await closed
  Object.assign(prototype, { findOne: original })
  const again = await person.connect()
  await again.join(showId)
})

for (const [collection, method] of [
  ['sessions', 'find'],
  ['sessions', 'updateMany'],
  ['shows', 'find']
] as const) {
  t.test(`a suspended person is signed out although ${collection}.${method} fails`, async t => {
    const { showId } = await goLive(url)
    const { user, client } = await joinShow(url, showId, 'Rude')
    const closed = waitForClose(client.socket)
    const store = breakStore(collection, method)
    const path = `/v1/operator/users/${user.id}/suspend`
    t.equal(await statusOf('POST', path, operator.token, { reason: 'Threats' }), 503)
    await closed
    t.match((await tryHandshake(url, { token: user.token })).refusal, { code: 'UNAUTHENTICATED' })
    store.repair()
    await until(
      async () => (await app.db.collection('sessions').countDocuments({ userId: user.id, revokedAt: null })) === 0
    )
    t.pass('the server revokes the sign-ins by itself')
  })
}

t.test('signing out everywhere again does not end a sign-in that began after the first attempt', async t => {
  const user = await signIn(url, 'Person')
  const store = breakStore('sessions', 'updateMany', { times: 1 })
  await t.rejects(app.sessions.revokeAll(user.id), { message: 'connection lost' })
  store.repair()
  await new Promise(resolve => setTimeout(resolve, 5))
  const { signInId } = await app.sessions.open(user.id, 'phone')
  await app.sessions.finishRevocations()
  const active = await app.db.collection('sessions').find({ userId: user.id, revokedAt: null }).toArray()
  t.same(
    active.map(({ _id }) => String(_id)),
    [signInId]
  )
})

t.test('an erased person leaves although the store fails', async t => {
  const { showId } = await goLive(url)
  const { user, client } = await joinShow(url, showId, 'Leaving')
  const closed = waitForClose(client.socket)
  const store = breakStore('sessions', 'find')
  t.equal(await statusOf('DELETE', '/v1/users/me', user.token), 503)
  await closed
  t.match((await tryHandshake(url, { token: user.token })).refusal, { code: 'UNAUTHENTICATED' })
  store.repair()
  await app.erasure.resume()
  t.equal(await app.users.findPerson(user.id), undefined)
})
