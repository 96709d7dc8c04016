import t from 'tap'
import {
  createAmbient,
  memoryStorage,
  type CodedError,
  type SharedLock,
  type TokenStorage
} from '../../client/index.ts'
import { createManualClock } from './manual-clock.ts'
import { startScriptedRest } from './scripted-rest.ts'

async function createSignedInClient(t: import('tap').Test) {
  const rest = await startScriptedRest()
  t.teardown(async () => await rest.close())
  const clock = createManualClock()
  const ambient = createAmbient({ url: rest.url, clock })
  await ambient.account.signIn('Me')
  return { rest, clock, ambient }
}

/** Creates a storage that several clients share, like the tabs of a browser. Each is notified when another writes. */
function createSharedStorage(): () => TokenStorage {
  let kept: string | null = null
  const tabs = new Map<object, () => void>()
  return () => {
    const tab = {}
    return {
      read: () => kept,
      write(value) {
        kept = value
        for (const [other, changed] of tabs) if (other !== tab) changed()
      },
      watch(changed) {
        tabs.set(tab, changed)
        return () => tabs.delete(tab)
      }
    }
  }
}

/** Creates a lock like `navigator.locks`. */
function createSharedLock(): SharedLock {
  let turn: Promise<unknown> = Promise.resolve()
  return {
    async request(_name, task) {
      const mine = turn.then(task)
      turn = mine.catch(() => {})
      return await mine
    }
  }
}

t.test('signing in sets the user, and signing out clears it', async t => {
  const { rest, ambient } = await createSignedInClient(t)
  t.match(ambient.account.user, { id: 'me', displayName: 'Me' })
  t.match(await ambient.me.get(), { id: 'me' })
  let changes = 0
  ambient.account.subscribe(() => changes++)
  await ambient.account.signOut()
  t.equal(ambient.account.user, null)
  t.equal(changes, 1)
  t.ok(rest.requests.includes('POST /v1/auth/logout'))
  await t.rejects(ambient.me.get(), { code: 'UNAUTHENTICATED' })
})

t.test('50 concurrent requests with an expired token cause one renewal', async t => {
  const { rest, clock, ambient } = await createSignedInClient(t)
  clock.advance(901_000)
  rest.expireAccessTokens()
  const people = await Promise.all(Array.from({ length: 50 }, async () => await ambient.me.get()))
  t.equal(people.length, 50)
  t.same(rest.usedRefreshTokens, ['refresh-1'])
})

t.test('a token that seems valid but is rejected by the server is renewed, and the request is sent again', async t => {
  const { rest, ambient } = await createSignedInClient(t)
  rest.expireAccessTokens()
  const people = await Promise.all(Array.from({ length: 50 }, async () => await ambient.me.get()))
  t.equal(people.length, 50)
  t.same(rest.usedRefreshTokens, ['refresh-1'])
})

t.test('a token is renewed a minute before it expires, and not earlier', async t => {
  const { rest, clock, ambient } = await createSignedInClient(t)
  clock.advance(839_000)
  await ambient.me.get()
  t.same(rest.usedRefreshTokens, [])
  clock.advance(1000)
  await ambient.me.get()
  t.same(rest.usedRefreshTokens, ['refresh-1'])
})

t.test('two tabs cause one renewal, and both use the new token', async t => {
  const rest = await startScriptedRest()
  t.teardown(async () => await rest.close())
  const tab = createSharedStorage()
  const lock = createSharedLock()
  const [one, two] = [0, 1].map(() =>
    createAmbient({ url: rest.url, storage: tab(), lock, clock: createManualClock() })
  )
  await one!.account.signIn('Me')
  t.match(two!.account.user, { id: 'me' }, 'the other tab is signed in too')
  rest.expireAccessTokens()
  await Promise.all([one, two].flatMap(ambient => [ambient!.me.get(), ambient!.me.get()]))
  t.same(rest.usedRefreshTokens, ['refresh-1'])
  await two!.account.signOut()
  t.equal(one!.account.user, null, 'both tabs are signed out')
})

t.test('a rejected renewal signs the user out', async t => {
  const { rest, ambient } = await createSignedInClient(t)
  rest.expireAccessTokens()
  rest.revokeRefreshTokens()
  await t.rejects(ambient.me.get(), { code: 'UNAUTHENTICATED' })
  t.equal(ambient.account.user, null)
})

t.test('a renewal that does not reach the server does not sign the user out', async t => {
  const { rest, clock, ambient } = await createSignedInClient(t)
  clock.advance(901_000)
  rest.expireAccessTokens()
  rest.setUnreachable(true)
  await t.rejects(ambient.me.get(), { code: 'UNAVAILABLE' })
  t.match(ambient.account.user, { id: 'me' })
  rest.setUnreachable(false)
  t.match(await ambient.me.get(), { id: 'me' })
})

t.test('a request without a response is aborted', async t => {
  const clock = createManualClock()
  let requestCount = 0
  const ambient = createAmbient({
    url: 'http://nowhere',
    clock,
    async fetch(_url, init) {
      requestCount++
      return await new Promise((_resolve, reject) =>
        init?.signal?.addEventListener('abort', () => reject(new Error('aborted')))
      )
    }
  })
  const answer = ambient.shows.get('show')
  await clock.waitForTimer(20_000)
  clock.advance(20_000)
  await t.rejects(answer, { code: 'UNAVAILABLE' })
  t.equal(requestCount, 1)
})

t.test('errors are typed and name what is wrong and where', async t => {
  const { ambient } = await createSignedInClient(t)
  const error: CodedError = await ambient.shows.create({ title: '' }).then(
    () => t.fail('accepted'),
    error => error
  )
  t.match(error, { name: 'CodedError', code: 'VALIDATION', issues: [{ path: '/title' }] })
  await t.rejects(ambient.shows.get('nothing'), { code: 'NOT_FOUND' })
})

t.test('invalid data in the storage is ignored', async t => {
  const { rest } = await createSignedInClient(t)
  for (const stored of ['{', '"text"', '{"accessToken":"a"}', 'null']) {
    const storage = memoryStorage()
    storage.write(stored)
    t.equal(createAmbient({ url: rest.url, storage, clock: createManualClock() }).account.user, null)
  }
})
