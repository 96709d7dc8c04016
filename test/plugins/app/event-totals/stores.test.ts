import fc from 'fast-check'
import pino from 'pino'
import t, { type Test } from 'tap'
import { runsOf } from '../../../depth.ts'
import { createMemoryTotals } from '../../../../plugins/app/event-totals/memory-totals.ts'
import { createRedisTotals } from '../../../../plugins/app/event-totals/redis-totals.ts'
import { dayMs, dayOf, type TotalsStore } from '../../../../plugins/app/event-totals/totals.ts'
import { connectRedis } from '../../../../plugins/external/redis/connections.ts'
import { startRedis } from '../../../standins/redis/start.ts'
import { allStreams, endOf, expectedOf, foldAll, interleave, nowMs, readAll, recordOf } from './sequences.ts'

const runs = runsOf(30, 100)

interface Harness {
  /** Returns empty totals at a time that the test sets. */
  open(clock: () => number): Promise<TotalsStore>
}

async function startRedisHarness(t: Test) {
  const server = await startRedis(t)
  const connections = await connectRedis({ url: server.url, logger: pino({ level: 'silent' }) })
  t.teardown(() => connections.close())
  const redis = connections.commands
  return {
    redis,
    async open(clock: () => number) {
      await redis.flushall()
      return createRedisTotals(redis, clock)
    }
  }
}

/** The contract of every store of totals. */
async function contractSuite(t: Test, { open }: Harness): Promise<void> {
  await t.test('gives equal totals for every interleaving and for records delivered again', async t => {
    await fc.assert(
      fc.asyncProperty(allStreams, fc.array(fc.nat(1000), { minLength: 1 }), async (streams, choices) => {
        const store = await open(() => nowMs)
        const total = streams.flat().length
        t.same(await foldAll(store, interleave(streams, choices, 3)), { folded: total, gaps: 0 })
        t.same(await foldAll(store, interleave(streams, choices, 0)), { folded: 0, gaps: 0 }, 'all of it again')
        t.same(await readAll(store), expectedOf(streams))
      }),
      { numRuns: runs }
    )
  })

  await t.test('stops at a gap of one stream and reports its cursor', async t => {
    const store = await open(() => nowMs)
    await store.fold('show-1', [recordOf('log', 'show-1', 1), recordOf('audience', 'show-1', 1)], 'stop')
    const gap = [3, 4].map(seq => recordOf('audience', 'show-1', seq))
    t.same(await store.fold('show-1', [...gap, recordOf('log', 'show-1', 2)], 'stop'), {
      folded: 1,
      gaps: [{ stream: 'audience', afterSeq: 1, beforeSeq: 3 }]
    })
    t.same(await store.findShow('show-1'), { listeners: 1, peakListeners: 1 }, 'nothing behind the gap is folded')
    const missing = recordOf('audience', 'show-1', 2)
    t.same(await store.fold('show-1', [missing, ...gap], 'stop'), { folded: 3, gaps: [] })
    t.same(await store.findShow('show-1'), { listeners: 4, peakListeners: 4 })
  })

  await t.test('goes on behind a gap where the records are lost', async t => {
    const store = await open(() => nowMs)
    const result = await store.fold(
      'show-1',
      [5, 6, 9].map(seq => recordOf('log', 'show-1', seq)),
      'skip'
    )
    t.same(result, {
      folded: 3,
      gaps: [
        { stream: 'log', afterSeq: 0, beforeSeq: 5 },
        { stream: 'log', afterSeq: 6, beforeSeq: 9 }
      ]
    })
    t.same(await store.findShow('show-1'), { listeners: 0, peakListeners: 0 }, 'live, although its start is lost')
  })

  await t.test('adds no absurd number', async t => {
    const store = await open(() => nowMs)
    const event = { type: 'comments:counted' as const, count: 1e300 }
    await store.fold('show-1', [{ stream: 'audience', showId: 'show-1', seq: 1, at: nowMs, event }], 'stop')
    t.equal((await store.findDay(dayOf(nowMs)))?.comments, 1_000_000)
  })

  await t.test('ignores times outside of the kept days', async t => {
    const store = await open(() => nowMs)
    const far = [-8 * dayMs, 2 * dayMs, 1e15].map((ms, index) => ({
      ...recordOf('audience', 'show-1', index + 1),
      at: nowMs + ms
    }))
    t.same(await store.fold('show-1', far, 'stop'), { folded: 3, gaps: [] })
    t.equal((await store.findDay(dayOf(nowMs) + 2))?.joins, 0)
    t.equal((await store.findDay(dayOf(nowMs) - 8))?.joins, 0)
  })

  await t.test('is built anew by one caller', async t => {
    const store = await open(() => nowMs)
    t.equal(await store.claimRebuild(), true)
    t.equal(await store.claimRebuild(), false)
    await store.renewRebuild()
    await store.finishRebuild()
    t.equal(await store.claimRebuild(), false)
  })
}

t.test('memory', async t => {
  await contractSuite(t, { open: async clock => createMemoryTotals(clock) })

  await t.test('forgets old days, ended shows and their audience', async t => {
    let now = nowMs
    const store = createMemoryTotals(() => now)
    const ended = endOf('show-1')
    const records = [recordOf('log', 'show-1', 1), recordOf('audience', 'show-1', 1), ended]
    await store.fold('show-1', records, 'stop')
    t.equal(await store.findShow('show-1'), undefined)

    now += 3_700_000
    await store.fold('show-2', [recordOf('log', 'show-2', 1)], 'stop')
    t.same(await store.fold('show-1', records, 'stop'), { folded: 0, gaps: [] }, 'the cursors are kept')
    now += 2 * dayMs + 3_600_000
    await store.fold('show-2', [recordOf('log', 'show-2', 2)], 'stop')
    t.equal(
      (await store.fold('show-1', [recordOf('audience', 'show-1', 2)], 'stop')).gaps.length,
      1,
      'no cursor any more'
    )
    now += 8 * dayMs
    await store.fold('show-2', [recordOf('log', 'show-2', 1)], 'stop')
    t.equal((await store.findDay(dayOf(nowMs)))?.joins, 0)
  })
})

t.test('Redis', async t => {
  const harness = await startRedisHarness(t)
  const { redis } = harness
  await contractSuite(t, harness)

  await t.test('gives every key an end, and only to ended shows an early one', async t => {
    const store = await harness.open(() => Date.now())
    const at = Date.now()
    const ended = endOf('ended', at)
    const begun = (id: string) => [
      { ...recordOf('log', id, 1), at },
      { ...recordOf('audience', id, 1), at }
    ]
    await store.fold('ended', [...begun('ended'), ended], 'stop')
    await store.fold('live', begun('live'), 'stop')
    await store.claimRebuild()
    await store.finishRebuild()
    const ttls: Record<string, number> = {}
    for (const key of await redis.keys('*')) ttls[key.split(':').slice(3).join(':')] = await redis.ttl(key)
    const { '': epoch, ...others } = ttls
    t.equal(epoch, -1, 'the epoch stays')
    t.ok(Object.values(others).every(seconds => seconds > 0))
    const hours = (name: string) => Math.round((ttls[name] ?? 0) / 3600)
    t.equal(hours('show:ended'), 48)
    t.equal(hours('present:ended'), 1)
    t.equal(hours('show:live'), 168)
    t.equal(hours('present:live'), 168)
  })

  await t.test('folds with a Redis that has lost the scripts', async t => {
    const store = await harness.open(() => nowMs)
    await store.fold('show-1', [recordOf('log', 'show-1', 1)], 'stop')
    await redis.script('FLUSH')
    t.same(await store.fold('show-1', [recordOf('log', 'show-1', 2)], 'stop'), { folded: 1, gaps: [] })
  })

  await t.test('notices that it was emptied, and changes nothing with a cursor from before', async t => {
    const store = await harness.open(() => nowMs)
    await store.fold('show-1', [recordOf('log', 'show-1', 1)], 'stop')
    await redis.flushall()
    await t.rejects(store.fold('show-1', [recordOf('log', 'show-1', 2)], 'skip'), { name: 'TotalsEmptied' })
    t.equal(await store.findDay(dayOf(nowMs)), undefined)
    t.same(await redis.keys('*'), [])
    t.equal(await store.claimRebuild(), true)
  })
})
