import { setTimeout as sleep } from 'node:timers/promises'
import pino from 'pino'
import t, { type Test } from 'tap'
import type { SequenceRecord } from '../../../../plugins/app/event-sequence/sequence-record.ts'
import { createEventTotals } from '../../../../plugins/app/event-totals/event-totals.ts'
import { createFeeder } from '../../../../plugins/app/event-totals/feeder.ts'
import { createMemoryTotals } from '../../../../plugins/app/event-totals/memory-totals.ts'
import { createRedisTotals } from '../../../../plugins/app/event-totals/redis-totals.ts'
import { dayOf, type TotalsStore } from '../../../../plugins/app/event-totals/totals.ts'
import { connectRedis } from '../../../../plugins/external/redis/connections.ts'
import { captureLog } from '../../../captured-log.ts'
import { startRedis } from '../../../standins/redis/start.ts'
import { nowMs, recordOf } from './sequences.ts'

/** Shows with a stored log and audience, as long as `lengths` say. */
function startFeeder(t: Test, totals: TotalsStore, lengths: Readonly<Record<string, number>>) {
  const log = captureLog()
  const stored = new Map<string, SequenceRecord[]>()
  for (const [showId, length] of Object.entries(lengths)) {
    for (const stream of ['log', 'audience'] as const) {
      const records = Array.from({ length }, (_, index) => recordOf(stream, showId, index + 1))
      stored.set(`${showId} ${stream}`, records)
    }
  }
  const feeder = createFeeder({
    totals,
    async *read(showId, stream, afterSeq) {
      yield* (stored.get(`${showId} ${stream}`) ?? []).filter(({ seq }) => seq > afterSeq)
    },
    listShowIds: async () => Object.keys(lengths),
    logger: pino({ level: 'info' }, log.stream),
    nowMs: () => nowMs,
    buildDelayMs: 0
  })
  t.teardown(async () => await feeder.close())
  return { feeder, stored, log }
}

async function untilJoins(totals: TotalsStore, joins: number, withinMs: number): Promise<number> {
  const startMs = performance.now()
  for (;;) {
    const waitedMs = performance.now() - startMs
    const day = await totals.findDay(dayOf(nowMs)).catch(() => undefined)
    if (day?.joins === joins) return waitedMs
    if (waitedMs > withinMs) throw new Error(`no ${joins} joins within ${withinMs} ms`)
    await sleep(50)
  }
}

async function startTotals(t: Test) {
  const server = await startRedis(t)
  const connections = await connectRedis({ url: server.url, logger: pino({ level: 'silent' }) })
  t.teardown(() => connections.close())
  return { server, redis: connections.commands, totals: createRedisTotals(connections.commands, () => nowMs) }
}

t.test('builds new totals from the stored records of all shows of today', async t => {
  const totals = createMemoryTotals(() => nowMs)
  const { feeder } = startFeeder(t, totals, { 'show-1': 1200, 'show-2': 3 })
  feeder.start()
  await untilJoins(totals, 1203, 5000)
  t.same(await totals.findShow('show-1'), { listeners: 1200, peakListeners: 1200 })
  t.equal((await totals.findDay(dayOf(nowMs)))?.showsStarted, 2)
})

t.test('folds what is delivered while it builds, once', async t => {
  const totals = createMemoryTotals(() => nowMs)
  const { feeder, stored } = startFeeder(t, totals, { 'show-1': 2000, 'show-2': 600 })
  feeder.start()
  for (const showId of ['show-1', 'show-2', 'show-3']) {
    const records = stored.get(`${showId} audience`) ?? []
    const added = recordOf('audience', showId, records.length + 1)
    stored.set(`${showId} audience`, [...records, added])
    await feeder.deliver([added])
  }
  t.ok(((await totals.findDay(dayOf(nowMs)))?.joins ?? 0) < 2000, 'it builds still')
  await untilJoins(totals, 2603, 5000)
  const next = recordOf('audience', 'show-3', 2)
  await feeder.deliver([next])
  t.equal((await totals.findDay(dayOf(nowMs)))?.joins, 2604, 'then deliveries are folded at once')
})

t.test('reads what is missing before a delivered record', async t => {
  const totals = createMemoryTotals(() => nowMs)
  const { feeder } = startFeeder(t, totals, { 'show-1': 1200 })
  await feeder.deliver([1199, 1200].map(seq => recordOf('audience', 'show-1', seq)))
  t.same((await totals.findDay(dayOf(nowMs)))?.joins, 1200)
  await feeder.deliver([1, 2].map(seq => recordOf('audience', 'show-1', seq)))
  t.same((await totals.findDay(dayOf(nowMs)))?.joins, 1200, 'records that come again change nothing')
})

t.test('goes on behind records that are not stored any more', async t => {
  const totals = createMemoryTotals(() => nowMs)
  const { feeder, stored } = startFeeder(t, totals, { 'show-1': 10 })
  stored.set(
    'show-1 audience',
    (stored.get('show-1 audience') ?? []).filter(({ seq }) => seq !== 4)
  )
  await feeder.deliver([recordOf('audience', 'show-1', 10)])
  t.same((await totals.findDay(dayOf(nowMs)))?.joins, 9)
})

t.test('brings the totals back after FLUSHALL, without any new record', async t => {
  const { redis, totals } = await startTotals(t)
  const { feeder } = startFeeder(t, totals, { 'show-1': 1200, 'show-2': 3 })
  feeder.start()
  await untilJoins(totals, 1203, 5000)
  await redis.flushall()
  const waitedMs = await untilJoins(totals, 1203, 10_000)
  t.comment(`back after ${Math.round(waitedMs)} ms`)
  t.equal((await totals.findDay(dayOf(nowMs)))?.showsStarted, 2)
})

t.test('counts exactly while Redis is emptied between the deliveries', async t => {
  const { redis, totals } = await startTotals(t)
  const { feeder } = startFeeder(t, totals, { 'show-1': 50 })
  for (let seq = 1; seq <= 50; seq++) {
    if (seq % 7 === 0) await redis.flushall()
    // The relay delivers again what was refused.
    for (let isDelivered = false; !isDelivered;) {
      isDelivered = await feeder.deliver([recordOf('audience', 'show-1', seq)]).then(
        () => true,
        () => false
      )
    }
  }
  t.equal((await totals.findDay(dayOf(nowMs)))?.joins, 50)
})

t.test('logs once that Redis is away, and goes on when it is back', async t => {
  const { server, totals } = await startTotals(t)
  const { feeder, log } = startFeeder(t, totals, { 'show-1': 5 })
  const service = createEventTotals(totals, () => nowMs)
  feeder.start()
  await untilJoins(totals, 5, 5000)
  t.equal((await service.today())?.joins, 5)
  await server.stop()
  await t.rejects(feeder.deliver([recordOf('audience', 'show-1', 5)]))
  // Longer than two checks take.
  await sleep(4500)
  await server.start()
  await untilJoins(totals, 5, 10_000)
  t.equal(log.text().match(/totals unavailable/g)?.length, 1)
})

t.test('shows the last counts of the day while the totals are away', async t => {
  let now = nowMs
  const totals = createMemoryTotals(() => now)
  let isAway = false
  const service = createEventTotals(
    {
      ...totals,
      async findDay(day) {
        if (isAway) throw new Error('away')
        return await totals.findDay(day)
      }
    },
    () => now
  )
  await totals.fold('show-1', [recordOf('audience', 'show-1', 1)], 'stop')
  t.equal((await service.today())?.joins, 1)
  isAway = true
  now += 5000
  t.equal((await service.today())?.joins, 1)
  now += 24 * 3_600_000
  t.equal(await service.today(), undefined, 'they do not count for the next day')
  t.equal(await createEventTotals(undefined).today(), undefined)
})
