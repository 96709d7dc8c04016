import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import type { Tokens } from '../../../../contract/auth.ts'
import type { Show } from '../../../../contract/shows.ts'
import { sendRequest } from '../../../http-request.ts'
import { connectClient, joinShow, goLive, signIn, grantFloor, type ShowClient, type TestUser } from '../../../users.ts'
import { waitForClose, tryHandshake, startApp, until } from '../../../realtime/real-app.ts'

const longAgo = new Date(0)
const { app, url } = await startApp(t)

/** Returns the collections with a document that contains this text. */
async function collectionsWith(app: FastifyInstance, text: string): Promise<string[]> {
  const collections = await app.db.collections()
  const found = await Promise.all(
    collections.map(async collection => {
      for await (const document of collection.find()) {
        if (JSON.stringify(document).includes(text)) return [collection.collectionName]
      }
      return []
    })
  )
  return found.flat().sort()
}

/** Signs in a person with data in every domain. All of it contains a unique word. */
async function createPersonWithData(url: string) {
  const word = `w${randomBytes(8).toString('hex')}`
  const {
    body: { user, accessToken, refreshToken }
  } = await sendRequest<Tokens>(url, 'POST', '/v1/auth/dev-login', {
    body: { displayName: `Vanishing ${word}` },
    device: `App ${word}`
  })
  const rest = async <T>(method: string, path: string, body?: object) => {
    const answer = await sendRequest<T>(url, method, path, { token: accessToken, ...(body && { body }) })
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`)
    return answer.body
  }
  await rest('PATCH', '/v1/users/me', {
    bio: `About ${word}`,
    links: [{ label: word, url: `https://example.com/${word}` }]
  })
  await rest('POST', '/v1/shows', { title: `Planned ${word}` })
  const over = await rest<Show>('POST', '/v1/shows', { title: `Over ${word}` })
  await rest('POST', `/v1/shows/${over.id}/start`)
  await rest('POST', `/v1/shows/${over.id}/end`)
  const live = await rest<Show>('POST', '/v1/shows', { title: `Live ${word}`, description: word })
  await rest('POST', `/v1/shows/${live.id}/start`)
  return { word, id: user.id, accessToken, refreshToken, rest, showIds: [over.id, live.id], liveId: live.id }
}

async function connectAndJoin(user: Pick<TestUser, 'connect'>, showId: string): Promise<ShowClient> {
  const client = await user.connect()
  await client.join(showId)
  return client
}

t.test('an erasure removes everything about a person, and keeps data of others without the person', async t => {
  const friend = await signIn(url, 'Friend')
  const { word, id, accessToken, refreshToken, rest, showIds, liveId } = await createPersonWithData(url)
  const signedIn = async () => await connectClient(url, accessToken)
  const other = await goLive(url, 'The show of somebody else')
  const third = await goLive(url, 'Another show')

  const own = await connectAndJoin({ connect: signedIn }, liveId)
  const speaking = await connectAndJoin({ connect: signedIn }, other.showId)
  const waiting = await connectAndJoin({ connect: signedIn }, third.showId)
  const listener = await connectAndJoin(friend, liveId)
  await listener.request('comment:send', { clientId: 'f1', text: `What a show, ${word}` })
  const { requestId } = await speaking.request('speak:request', { reason: `First ${word}` })
  await other.client.request('speak:answer', { requestId, accept: true })
  await other.client.request('cohost:set', { userId: id, cohost: true })
  const { comment } = await speaking.request('comment:send', { clientId: 'v1', text: `I say ${word}` })
  await other.client.request('comment:pin', { commentId: comment.id })
  await speaking.request('link:pin', { url: `https://example.com/${word}`, text: word })
  await speaking.request('poll:open', { question: `Which ${word}?`, options: [word, 'Another'] })
  const { showEvents } = await rest<{ showEvents: { did?: string }[] }>('GET', '/v1/users/me/export')
  const exportedAct = (type: string) => showEvents.find(({ did }) => did === type)
  t.match(exportedAct('poll:opened'), { question: `Which ${word}?`, options: [word, 'Another'] }, 'the words of a host')
  t.match(exportedAct('link:pinned'), { url: `https://example.com/${word}`, text: word })
  await other.client.request('show:handOver', { userId: id })
  await waiting.request('speak:request', { reason: `Also ${word}` })
  await rest('PUT', `/v1/users/${friend.id}/follow`)
  await friend.rest('PUT', `/v1/users/${id}/follow`)
  await rest('PUT', `/v1/users/me/blocks/${(await signIn(url, 'Blocked')).id}`)
  await until(async () => (await app.db.collection('showVisitors').countDocuments({ userId: id })) === 2)
  t.ok((await collectionsWith(app, word)).length >= 5, 'there is data in many collections')

  const closed = [own, speaking, waiting].map(async ({ socket }) => await waitForClose(socket))
  t.equal((await sendRequest(url, 'DELETE', '/v1/users/me', { token: accessToken })).status, 204)
  await Promise.all(closed)

  t.match((await listener.waitForEvent('show:ended')).event, { reason: 'creatorErased' })
  t.match((await other.client.waitForEvent('stage:left')).event, { userId: id, reason: 'left' })
  t.match((await other.client.waitForEvent('cohost:changed', event => 'cohost' in event && !event.cohost)).event, {
    userId: id
  })
  t.match((await third.client.waitForEvent('speak:withdrawn')).event, { userId: id })
  const { snapshot } = await other.client.request('show:resync', {})
  t.notMatch(JSON.stringify(snapshot), id, 'the person is in no snapshot of other shows')

  t.same(await collectionsWith(app, word), [], 'no name, text or device is left')
  for (const showId of showIds) {
    t.same(await collectionsWith(app, showId), [], 'their shows are removed with all their data')
  }
  t.match(await sendRequest(url, 'GET', `/v1/shows/${liveId}`), { status: 404 })
  t.match(await sendRequest(url, 'GET', `/v1/users/${id}`), { status: 404 })

  t.match(await sendRequest(url, 'GET', '/v1/users/me', { token: accessToken }), {
    status: 401,
    body: { code: 'UNAUTHENTICATED' }
  })
  t.match(await sendRequest(url, 'GET', '/v1/shows', { token: accessToken }), { status: 401 })
  t.match((await tryHandshake(url, { token: accessToken })).refusal, { code: 'UNAUTHENTICATED' })
  t.match(await sendRequest(url, 'POST', '/v1/auth/refresh', { body: { refreshToken } }), { status: 401 })
  t.match(await sendRequest(url, 'DELETE', '/v1/users/me', { token: accessToken }), { status: 401 })

  await app.db.collection('erasures').updateMany({}, { $set: { erasedAt: longAgo } })
  await app.erasure.resume()
  t.same(await collectionsWith(app, id), ['showEvents'], "events in shows of others keep the person's id")
  t.match(await friend.rest('GET', `/v1/shows/${other.showId}`), { status: 'live' })
  for (const client of [listener, other.client, third.client]) client.disconnect()
})

t.test('data of other people is unchanged', async t => {
  const { client: host, showId } = await goLive(url)
  const { user, client } = await joinShow(url, showId, 'Staying')
  const { user: leaving, client: leavingClient } = await joinShow(url, showId, 'Leaving')
  await grantFloor(host, client)
  await grantFloor(host, leavingClient)
  await client.request('comment:send', { clientId: 'c1', text: 'I stay' })
  await leaving.rest('DELETE', '/v1/users/me')
  await host.waitForEvent('stage:left')
  const { snapshot } = await host.request('show:resync', {})
  t.ok(snapshot.stage.some(({ userId, displayName }) => userId === user.id && displayName === 'Staying'))
  t.same(await collectionsWith(app, 'Staying'), ['showEvents', 'users'])
  t.same(await collectionsWith(app, 'Leaving'), [])
  t.match(await user.rest('GET', `/v1/shows/${showId}/comments`), { items: [{ text: 'I stay' }] })
  for (const left of [host, client]) left.disconnect()
})

t.test('an interrupted erasure is finished by the next start', async t => {
  const DATA_DIR = await mkdtemp(join(tmpdir(), 'ambient-erasure-'))
  t.teardown(async () => await rm(DATA_DIR, { recursive: true, force: true }))
  const first = await startApp(t, { DATA_DIR })
  const { word, id, accessToken } = await createPersonWithData(first.url)
  // Takes the place of the keeper of shows, in the middle of the order.
  first.app.personalData.register('shows', {
    async *export() {},
    erase: async () => {
      throw new Error('the server crashes here')
    }
  })
  t.match(await sendRequest(first.url, 'DELETE', '/v1/users/me', { token: accessToken }), {
    status: 503,
    body: { code: 'UNAVAILABLE' }
  })
  t.match(
    await sendRequest(first.url, 'GET', '/v1/users/me', { token: accessToken }),
    { status: 401 },
    'the person is signed out first'
  )
  t.not((await collectionsWith(first.app, word)).length, 0)
  await first.app.close()

  const second = await startApp(t, { DATA_DIR })
  await until(
    async () =>
      (await second.app.db
        .collection<{ _id: string; erasedAt: Date | null }>('erasures')
        .countDocuments({ _id: id, erasedAt: { $ne: null } })) === 1
  )
  t.same(await collectionsWith(second.app, word), [])
  t.match(
    await sendRequest(second.url, 'GET', '/v1/users/me', { token: accessToken }),
    { status: 401 },
    'also after the restart'
  )
  t.match((await tryHandshake(second.url, { token: accessToken })).refusal, { code: 'UNAUTHENTICATED' })
})

t.test('data written during an erasure is erased later', async t => {
  const person = await signIn(url, 'Late')
  await person.rest('DELETE', '/v1/users/me')
  await app.shows.create(person.id, { title: 'Admitted before, written after' })
  await app.erasure.resume()
  t.same(await collectionsWith(app, 'written after'), ['shows'], 'not at once, because it may be written later still')
  await app.db.collection('erasures').updateMany({}, { $set: { erasedAt: longAgo } })
  await app.erasure.resume()
  t.same(await collectionsWith(app, 'written after'), [])
  t.same(await collectionsWith(app, person.id), [], 'the record of the erasure is deleted too')
})

t.test('concurrent and repeated erasures have the same result', async t => {
  const { token, id } = await signIn(url, 'Hurried')
  const answers = await Promise.all(
    [1, 2, 3].map(async () => (await sendRequest(url, 'DELETE', '/v1/users/me', { token })).status)
  )
  t.ok(answers.includes(204))
  t.ok(answers.every(status => status === 204 || status === 401))
  await Promise.all([app.erasure.resume(), app.erasure.erase(id)])
  t.same(await collectionsWith(app, 'Hurried'), [])
})
