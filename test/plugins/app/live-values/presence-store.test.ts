import t, { type Test } from 'tap'
import type { HomeReport, PresenceStore } from '../../../../plugins/app/live-values/presence-store.ts'
import { shortTtlMs, startMemoryStores, startRedisStores, type StoreHarness } from './stores.ts'

const report = (showsLive: number, ...songIds: string[]): HomeReport => ({ showsLive, songIds })
const read = async (store: PresenceStore) => await store.read(undefined)
const today = Math.floor(Date.now() / 86_400_000)

for (const [name, start] of [
  ['memory', startMemoryStores],
  ['redis', startRedisStores]
] as const) {
  t.test(name, async t => {
    t.jobs = 4
    const test = (title: string, run: (t: Test, harness: StoreHarness) => Promise<void>) =>
      t.test(title, async t => await run(t, await start(t)))

    test('a person at two nodes counts once, and stays while one of them has them', async (t, { join }) => {
      const [a, b] = [join('a'), join('b')]
      await Promise.all([a.report(report(0)), b.report(report(0))])
      await a.add('users', ['ana', 'bo'])
      await b.add('users', ['ana', 'cleo'])
      t.equal((await read(a)).usersConnected, 3)
      await a.remove('users', ['ana', 'nobody'])
      t.equal((await read(b)).usersConnected, 3, 'ana is at the other node too')
      await b.remove('users', ['ana'])
      t.equal((await read(a)).usersConnected, 2)
      await b.remove('users', ['ana'])
      t.equal((await read(a)).usersConnected, 2, 'safe to repeat')
    })

    test('what a dead node had expires, and what is refreshed stays', async (t, { join, pass }) => {
      const [a, b] = [join('a'), join('b')]
      await a.report(report(1, 'song'))
      await a.add('users', ['ana', 'bo'])
      await a.add('listeners', ['ana'])
      await a.add('song:song', ['ana'])
      await a.enter('show', ['ana'])
      await pass(shortTtlMs / 2)
      await b.report(report(2, 'other'))
      await b.add('users', ['bo', 'cleo'])
      await b.add('song:other', ['cleo'])
      const before = await read(b)
      t.match(before, { usersConnected: 3, listeners: 1, showsLive: 3 })
      t.same(before.topSongs, [
        { songId: 'other', users: 1 },
        { songId: 'song', users: 1 }
      ])
      await pass(shortTtlMs * 0.7)
      const after = await read(b)
      t.match(after, { usersConnected: 2, listeners: 0, showsLive: 2, peaks: { usersConnected: 3, listeners: 1 } })
      t.same(after.topSongs, [{ songId: 'other', users: 1 }])
      t.same(await b.countUsers(['song', 'other']), new Map(Object.entries({ song: 0, other: 1 })))
      t.same(await b.findConnected(['ana', 'bo']), new Map([['bo', null]]))
    })

    test('a node that a store has forgotten learns it', async (t, { join, pass }) => {
      const a = join('a')
      t.notOk(await a.report(report(0)))
      t.ok(await a.report(report(0)))
      await pass(shortTtlMs * 1.1)
      t.notOk(await a.report(report(0)))
      await a.end()
      t.notOk(await a.report(report(0)), 'a node that has ended')
    })

    test('songs are those that are reported, most users first, at most ten', async (t, { join }) => {
      const a = join('a')
      const songIds = Array.from({ length: 12 }, (_, n) => `song${n}`)
      for (const [n, songId] of songIds.entries()) {
        await a.add(
          `song:${songId}`,
          Array.from({ length: n }, (_, k) => `user${k}`)
        )
      }
      await a.add('song:private', ['ana', 'bo'])
      await a.report(report(12, ...songIds))
      const { topSongs } = await read(a)
      t.same(
        topSongs.map(({ songId, users }) => [songId, users]),
        Array.from({ length: 10 }, (_, n) => [`song${11 - n}`, 11 - n])
      )
      await a.report(report(0))
      t.same((await read(a)).topSongs, [])
      t.same(await a.countUsers(['private']), new Map([['private', 2]]), 'its users are counted all the same')
      t.same(await a.countUsers([]), new Map())
    })

    test('the show of a person is the last one that they entered', async (t, { join }) => {
      const [a, b] = [join('a'), join('b')]
      await a.add('users', ['ana', 'bo'])
      await a.enter('one', ['ana', 'bo', 'offline'])
      await b.enter('two', ['ana'])
      const all = ['ana', 'bo', 'offline']
      t.same(await a.findConnected(all), new Map(Object.entries({ ana: 'two', bo: 'one' })))
      await a.leave('one', all)
      t.same(await a.findConnected(all), new Map(Object.entries({ ana: 'two', bo: null })))
      await a.leave('two', ['ana'])
      t.equal((await b.findConnected(all)).get('ana'), 'two', 'another node has them there')
      t.same(await a.findConnected([]), new Map())
    })

    test('peaks are of today and survive a store that has lost them', async (t, { join }) => {
      const a = join('a')
      await a.add('users', ['ana', 'bo'])
      const { peaks } = await read(a)
      t.ok(peaks.day === today || peaks.day === today + 1)
      t.match(peaks, { usersConnected: 2, listeners: 0 })
      await a.remove('users', ['ana'])
      t.match((await read(a)).peaks, { usersConnected: 2 })
      const known = { day: peaks.day, usersConnected: 7, listeners: 3 }
      t.same((await a.read(known)).peaks, known)
      t.same((await read(a)).peaks, known, 'other nodes see them')
      t.same(
        (await a.read({ ...known, day: peaks.day - 1, usersConnected: 99 })).peaks,
        known,
        'those of yesterday end'
      )
    })
  })
}

t.test('keys of another type in Redis do not stop anything', async t => {
  const { join, connections } = await startRedisStores(t)
  const a = join('a')
  for (const key of ['users', 'at:users', 'nodes', 'homes', 'song:song', 'peaks:1', 'in:ana']) {
    await connections.commands.del(`amb:live:${key}`)
    if (key === 'in:ana') await connections.commands.lpush(`amb:live:${key}`, 'x')
    else await connections.commands.set(`amb:live:${key}`, 'something else')
  }
  t.same(await a.findConnected(['ana']), new Map())
  await a.report(report(1, 'song'))
  await connections.commands.hset('amb:live:homes', 'damaged', 'no report', 'newer', `2 ${Date.now() + 60_000} 5 song`)
  await a.add('users', ['ana'])
  await a.add('song:song', ['ana'])
  t.match(await read(a), { usersConnected: 1, showsLive: 1, topSongs: [{ songId: 'song', users: 1 }] })
  t.same(await connections.commands.hkeys('amb:live:homes'), ['a', 'newer'], 'nothing of a later version is removed')
  t.same(await a.findConnected(['ana']), new Map([['ana', null]]))
})
