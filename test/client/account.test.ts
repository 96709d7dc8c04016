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

async function signedIn(t: import('tap').Test) {
  const rest = await startScriptedRest()
  t.teardown(async () => await rest.close())
  const clock = createManualClock()
  const ambient = createAmbient({ url: rest.url, clock })
  await ambient.account.signIn('Me')
  return { rest, clock, ambient }
}

/** A storage that several clients share, as tabs of a browser do: each hears what another wrote. */
function sharedStorage(): () => TokenStorage {
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

/** What `navigator.locks` does. */
function sharedLock(): SharedLock {
  let turn: Promise<unknown> = Promise.resolve()
  return {
    async request(_name, task) {
      const mine = turn.then(task)
      turn = mine.catch(() => {})
      return await mine
    }
  }
}

t.test('signing in says who one is, and signing out forgets it', async t => {
  const { rest, ambient } = await signedIn(t)
  t.match(ambient.account.user, { id: 'me', displayName: 'Me' })
  t.match(await ambient.me.get(), { id: 'me' })
  let changes = 0
  ambient.account.subscribe(() => changes++)
  await ambient.account.signOut()
  t.equal(ambient.account.user, null)
  t.equal(changes, 1)
  t.ok(rest.asked.includes('POST /v1/auth/logout'))
  await t.rejects(ambient.me.get(), { code: 'UNAUTHENTICATED' })
})

t.test('50 requests at once with a token that is over make one refresh', async t => {
  const { rest, clock, ambient } = await signedIn(t)
  clock.pass(901_000)
  rest.expireAccess()
  const people = await Promise.all(Array.from({ length: 50 }, async () => await ambient.me.get()))
  t.equal(people.length, 50)
  t.same(rest.refreshes, ['refresh-1'])
})

t.test(
  "the server's clock decides: a token that seems good and is refused is renewed, and the request sent again",
  async t => {
    const { rest, ambient } = await signedIn(t)
    rest.expireAccess()
    const people = await Promise.all(Array.from({ length: 50 }, async () => await ambient.me.get()))
    t.equal(people.length, 50)
    t.same(rest.refreshes, ['refresh-1'])
  }
)

t.test('a token is renewed a minute before its end, and not earlier', async t => {
  const { rest, clock, ambient } = await signedIn(t)
  clock.pass(839_000)
  await ambient.me.get()
  t.same(rest.refreshes, [])
  clock.pass(1000)
  await ambient.me.get()
  t.same(rest.refreshes, ['refresh-1'])
})

t.test('two tabs make one refresh, and both go on with what it brought', async t => {
  const rest = await startScriptedRest()
  t.teardown(async () => await rest.close())
  const tab = sharedStorage()
  const lock = sharedLock()
  const [one, two] = [0, 1].map(() =>
    createAmbient({ url: rest.url, storage: tab(), lock, clock: createManualClock() })
  )
  await one!.account.signIn('Me')
  t.match(two!.account.user, { id: 'me' }, 'the other tab is signed in too')
  rest.expireAccess()
  await Promise.all([one, two].flatMap(ambient => [ambient!.me.get(), ambient!.me.get()]))
  t.same(rest.refreshes, ['refresh-1'])
  await two!.account.signOut()
  t.equal(one!.account.user, null, 'and both are signed out')
})

t.test('a refresh that is refused signs out', async t => {
  const { rest, ambient } = await signedIn(t)
  rest.expireAccess()
  rest.revokeAll()
  await t.rejects(ambient.me.get(), { code: 'UNAUTHENTICATED' })
  t.equal(ambient.account.user, null)
})

t.test('a refresh that does not get through does not', async t => {
  const { rest, clock, ambient } = await signedIn(t)
  clock.pass(901_000)
  rest.expireAccess()
  rest.cut(true)
  await t.rejects(ambient.me.get(), { code: 'UNAVAILABLE' })
  t.match(ambient.account.user, { id: 'me' })
  rest.cut(false)
  t.match(await ambient.me.get(), { id: 'me' })
})

t.test('a server that does not answer is given up', async t => {
  const clock = createManualClock()
  let asked = 0
  const ambient = createAmbient({
    url: 'http://nowhere',
    clock,
    async fetch(_url, init) {
      asked++
      return await new Promise((_resolve, reject) =>
        init?.signal?.addEventListener('abort', () => reject(new Error('aborted')))
      )
    }
  })
  const answer = ambient.shows.get('show')
  await clock.untilWaiting(20_000)
  clock.pass(20_000)
  await t.rejects(answer, { code: 'UNAVAILABLE' })
  t.equal(asked, 1)
})

t.test('refusals are typed, with what is wrong and where', async t => {
  const { ambient } = await signedIn(t)
  const error: CodedError = await ambient.shows.create({ title: '' }).then(
    () => t.fail('accepted'),
    error => error
  )
  t.match(error, { name: 'CodedError', code: 'VALIDATION', issues: [{ path: '/title' }] })
  await t.rejects(ambient.shows.get('nothing'), { code: 'NOT_FOUND' })
})

t.test('rubbish in the storage is as good as nothing', async t => {
  const { rest } = await signedIn(t)
  for (const stored of ['{', '"text"', '{"accessToken":"a"}', 'null']) {
    const storage = memoryStorage()
    storage.write(stored)
    t.equal(createAmbient({ url: rest.url, storage, clock: createManualClock() }).account.user, null)
  }
})
