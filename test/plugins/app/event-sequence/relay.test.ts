import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { runsOf } from '../../../depth.ts'
import { sequenceStreams } from '../../../../contract/event-sequence.ts'
import { createMemoryCursors, type RelayCursors } from '../../../../plugins/app/event-sequence/relay-cursors.ts'
import { createRelay, type RelayParts } from '../../../../plugins/app/event-sequence/relay.ts'
import { closingDelayMs, createShowRelay, maxBatch } from '../../../../plugins/app/event-sequence/show-relay.ts'
import { leaseMs, openStoredCursors } from '../../../../plugins/app/event-sequence/stored-cursors.ts'
import { onEachBackend } from '../../../store/backends.ts'
import { createFakeRecords, createFakeSink } from './fake-records.ts'

const timing = { spacingMs: 1, minBackoffMs: 2, maxBackoffMs: 10 }
const runs = runsOf(15, 40)

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await sleep(2)
}

function startRelay(t: Pick<Test, 'teardown'>, parts: Pick<RelayParts, 'sink' | 'read'> & Partial<RelayParts>) {
  const lines: string[] = []
  const log = (_fields: unknown, line: string) => lines.push(line)
  const relay = createRelay({
    cursors: createMemoryCursors(async () => ({ log: 0, audience: 0 })),
    nowMs: Date.now,
    logger: { warn: log, info: log, error: log } as unknown as RelayParts['logger'],
    onRelayed() {},
    onFailed() {},
    timing,
    ...parts
  })
  t.teardown(async () => await relay.close())
  return Object.assign(relay, { lines })
}

t.test(
  'records reach a sink that fails, hangs back and answers late: in order, at least once, without a gap',
  async t => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            show: fc.constantFrom('a', 'b', 'c'),
            stream: fc.constantFrom(...sequenceStreams),
            count: fc.integer({ min: 1, max: 2 * maxBatch }),
            pauseMs: fc.integer({ min: 0, max: 3 })
          }),
          { maxLength: 12 }
        ),
        fc.array(fc.constantFrom('takes', 'fails', 'isSlow', 'failsLate')),
        async (writes, answers) => {
          const records = createFakeRecords()
          const left = [...answers]
          const { sink, faults, seen } = createFakeSink(async () => {
            const answer = left.shift() ?? 'takes'
            if (answer === 'isSlow' || answer === 'failsLate') await sleep(4)
            if (answer === 'fails' || answer === 'failsLate') throw new Error('away')
          })
          const relay = startRelay(t, { sink, read: records.read })
          for (const show of ['a', 'b', 'c']) await relay.open(show)
          for (const { show, stream, count, pauseMs } of writes) {
            records.add(show, stream, count)
            relay.wake(show, stream)
            if (pauseMs > 0) await sleep(pauseMs)
          }
          await until(() => relay.figures().waitingShows === 0)
          await relay.close()
          t.same(faults, [])
          for (const show of ['a', 'b', 'c']) {
            for (const stream of sequenceStreams) t.equal(seen(show, stream), records.tail(show, stream))
          }
        }
      ),
      { numRuns: runs }
    )
  }
)

t.test('while the sink is away, one show is tried again and again, and two lines are logged', async t => {
  const records = createFakeRecords()
  let isAway = true
  let tries = 0
  const { sink, seen } = createFakeSink(async () => {
    tries++
    if (isAway) throw new Error('away')
  })
  const relay = startRelay(t, { sink, read: records.read })
  for (let show = 0; show < 50; show++) {
    await relay.open(`${show}`)
    records.add(`${show}`, 'log')
    relay.wake(`${show}`, 'log')
  }
  await until(() => tries > 10)
  const { waitingShows, lagMs, isInterrupted } = relay.figures()
  t.equal(waitingShows, 50)
  t.ok(lagMs > 0)
  t.ok(isInterrupted)
  isAway = false
  await until(() => relay.figures().waitingShows === 0)
  for (let show = 0; show < 50; show++) t.equal(seen(`${show}`, 'log'), 1)
  t.same(relay.lines, ['event relay interrupted', 'event relay resumed'])
  t.same(relay.figures(), { waitingShows: 0, lagMs: 0, isInterrupted: false })
})

t.test('a record that is missing in the store stops its show only', async t => {
  const records = createFakeRecords()
  const { sink, seen, faults } = createFakeSink()
  const relay = startRelay(t, {
    sink,
    async *read(showId, stream, afterSeq, limit) {
      for await (const record of records.read(showId, stream, afterSeq, limit)) {
        if (showId !== 'damaged' || record.seq !== 3) yield record
      }
    }
  })
  for (const show of ['damaged', 'whole']) {
    await relay.open(show)
    records.add(show, 'log', 5)
    relay.wake(show, 'log')
  }
  await until(() => seen('whole', 'log') === 5 && seen('damaged', 'log') === 2)
  t.same(faults, [])
  t.same(relay.lines, ['record missing, show not relayed any further'])
})

onEachBackend(t, async (t, db) => {
  let nowMs = 1_000_000
  const openCursors = async (processId: string): Promise<RelayCursors> =>
    await openStoredCursors({ db, processId, nowMs: () => nowMs })

  await t.test('nodes that relay a show in turn, at once, or crash between sink and cursor: no gap', async t => {
    const names = ['a', 'b'] as const
    let run = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            act: fc.constantFrom('write', 'relay', 'relayBoth', 'crash', 'take'),
            node: fc.constantFrom(...names),
            count: fc.integer({ min: 1, max: maxBatch + 10 })
          }),
          { minLength: 1, maxLength: 15 }
        ),
        async steps => {
          const show = `property-${run++}`
          const records = createFakeRecords()
          const { sink, faults, seen } = createFakeSink(async () => await sleep(0))
          let isCrashing = false
          const openNode = async (name: string) => {
            const cursors = await openCursors(`${show} ${name} ${run}`)
            const move: RelayCursors['move'] = async (...args) => {
              if (isCrashing) throw new Error('crashed')
              return await cursors.move(...args)
            }
            const parts = { sink, read: records.read, nowMs: () => nowMs, onRelayed() {}, onGap() {} }
            return createShowRelay({ ...parts, cursors: { ...cursors, move } })
          }
          const nodes = { a: await openNode('a'), b: await openNode('b') }
          await nodes.a.open(show)
          for (const { act, node, count } of steps) {
            if (act === 'write') for (const stream of sequenceStreams) records.add(show, stream, count)
            if (act === 'take') await nodes[node].open(show)
            if (act === 'relay') await nodes[node].relay(show, sequenceStreams)
            if (act === 'relayBoth') {
              await Promise.all(names.map(async name => await nodes[name].relay(show, sequenceStreams)))
            }
            if (act === 'crash') {
              isCrashing = true
              await nodes[node].relay(show, sequenceStreams).catch(() => {})
              isCrashing = false
              nodes[node] = await openNode(`${node} again`)
            }
          }
          await nodes.b.relay(show, sequenceStreams)
          t.same(faults, [])
          for (const stream of sequenceStreams) t.equal(seen(show, stream), records.tail(show, stream))
        }
      ),
      { numRuns: runs }
    )
  })

  await t.test('another node takes over the shows of a node that is gone, and closes them after their end', async t => {
    const records = createFakeRecords()
    const { sink, seen, delivered } = createFakeSink()
    const parts = { sink, read: records.read, nowMs: () => nowMs }
    const lost = createShowRelay({ ...parts, cursors: await openCursors('lost'), onRelayed() {}, onGap() {} })
    const cursors = await openCursors('other')
    const other = startRelay(t, { ...parts, cursors })
    await lost.open('abandoned')
    records.add('abandoned', 'log', 3)
    await lost.relay('abandoned', ['log'])
    records.add('abandoned', 'audience', 2)
    records.end('abandoned')
    await other.sweep()
    await sleep(20)
    t.equal(seen('abandoned', 'audience'), 0, 'the lease is not over')
    nowMs += leaseMs + 1
    await other.sweep()
    await until(() => other.figures().waitingShows === 0)
    t.equal(seen('abandoned', 'log'), 4)
    t.equal(seen('abandoned', 'audience'), 2)
    t.equal(delivered.length, 6, 'the other node began at the stored cursor')

    nowMs += closingDelayMs + 1
    records.add('abandoned', 'audience')
    await other.sweep()
    await until(() => seen('abandoned', 'audience') === 3)
    await until(() => other.figures().waitingShows === 0)
    await other.sweep()
    nowMs += leaseMs + 1
    t.notOk((await cursors.findAbandoned()).includes('abandoned'), 'it is closed')
    records.add('abandoned', 'audience')
    other.wake('abandoned', 'audience')
    await until(() => seen('abandoned', 'audience') === 4)
    nowMs += leaseMs + 1
    t.ok((await cursors.findAbandoned()).includes('abandoned'), 'it is open again')
  })

  await t.test('a node that stops gives up its leases', async t => {
    const records = createFakeRecords()
    const { sink, seen } = createFakeSink()
    const stopping = startRelay(t, {
      sink,
      read: records.read,
      nowMs: () => nowMs,
      cursors: await openCursors('stopping')
    })
    await stopping.open('stopped')
    records.add('stopped', 'log')
    stopping.wake('stopped', 'log')
    await stopping.close()
    t.equal(seen('stopped', 'log'), 1, 'what waited went out')
    t.ok((await (await openCursors('other')).findAbandoned()).includes('stopped'))
  })

  await t.test('a deleted show leaves no cursor', async t => {
    const cursors = await openCursors('deleting')
    const records = createFakeRecords()
    const { sink, seen } = createFakeSink()
    const relay = startRelay(t, { sink, read: records.read, nowMs: () => nowMs, cursors })
    await relay.open('deleted')
    await relay.remove('deleted')
    records.add('deleted', 'log')
    relay.wake('deleted', 'log')
    await until(() => relay.figures().waitingShows === 0)
    t.equal(await cursors.acquire('deleted'), undefined)
    t.equal(seen('deleted', 'log'), 0)
  })
})
