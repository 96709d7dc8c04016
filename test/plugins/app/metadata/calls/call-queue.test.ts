import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { createCallQueue } from '../../../../../plugins/app/metadata/calls/call-queue.ts'
import { createMemorySlots, type CallSlots } from '../../../../../plugins/app/metadata/calls/call-slots.ts'
import { RepositoryUnavailable } from '../../../../../plugins/app/metadata/metadata-repository.ts'

const pace = { intervalMs: 20, gapMs: 0, callMs: 6500, quietMs: 0 }
const never = new AbortController().signal

/** Slots that give one slot whenever `open` is called. */
function createGate() {
  let free = 0
  const finished: number[] = []
  const slots: CallSlots = {
    claim: async () => (free > 0 ? { token: String(free--) } : { waitMs: 1 }),
    waitMs: async () => 1,
    async finish(_token, pauseMs) {
      finished.push(pauseMs)
    }
  }
  return { slots, finished, open: (count = 1) => (free += count) }
}

t.test('calls go out in the order in which they came, one at a time', async t => {
  const waits: number[] = []
  const queue = createCallQueue({
    slots: createMemorySlots(pace),
    pace,
    callTimeoutMs: 1000,
    onWaited: ms => waits.push(ms)
  })
  const order: string[] = []
  await Promise.all(
    ['a', 'b', 'c'].map(async name =>
      queue.run(async () => {
        order.push(`${name} begins`)
        await pause(5)
        order.push(`${name} ends`)
      }, never)
    )
  )
  t.same(order, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
  t.equal(waits.length, 3)
  t.ok(
    waits.every((ms, index) => ms >= (index + 1) * pace.intervalMs - 2),
    String(waits)
  )
})

t.test('a call that is given up leaves its place', async t => {
  const { slots, open, finished } = createGate()
  const queue = createCallQueue({ slots, pace, callTimeoutMs: 1000 })
  const leaving = new AbortController()
  const ran: string[] = []
  const first = queue.run(async () => ran.push('first'), leaving.signal)
  const second = queue.run(async () => ran.push('second'), never)
  leaving.abort(new Error('nobody waits any longer'))
  await t.rejects(first, new Error('nobody waits any longer'))
  open()
  await second
  t.same(ran, ['second'])
  await t.rejects(
    queue.run(async () => ran.push('third'), leaving.signal),
    new Error('nobody waits any longer'),
    'not even queued'
  )
  const alone = new AbortController()
  const last = queue.run(async () => ran.push('last'), alone.signal)
  alone.abort(new Error('gone'))
  await t.rejects(last, new Error('gone'))
  open()
  await pause(20)
  t.same(ran, ['second'])
  t.same(finished, [0], 'no slot is taken for nobody')
})

t.test('further calls of a question go first, and one is given up before its first call only', async t => {
  const { slots, open } = createGate()
  const queue = createCallQueue({ slots, pace, callTimeoutMs: 1000, maxTurnMs: 100, maxWaiting: 2 })
  const ran: string[] = []
  const { signal } = new AbortController()
  const question = (async () => {
    await queue.run(async () => ran.push('first'), signal)
    await queue.run(async () => ran.push('further'), signal)
  })()
  const other = queue.run(async () => ran.push('other'), new AbortController().signal)
  open()
  while (ran.length === 0) await pause(1)
  const error = await other.catch((reason: unknown) => reason)
  t.ok(error instanceof RepositoryUnavailable && !error.wasAsked, 'its turn did not come')
  const another = queue.run(async () => ran.push('another'), new AbortController().signal)
  open(2)
  await Promise.all([question, another])
  t.same(ran, ['first', 'further', 'another'])
})

t.test('the queue has a bound, and tells the time until a call would go out', async t => {
  const { slots, open } = createGate()
  const queue = createCallQueue({ slots, pace, callTimeoutMs: 1000, maxWaiting: 2 })
  t.equal(await queue.spareInMs(), 1)
  const calls = [1, 2].map(async n => queue.run(async () => n, never))
  t.equal(await queue.spareInMs(), 1 + 2 * pace.intervalMs)
  const error = await queue.run(async () => 3, never).catch((reason: unknown) => reason)
  t.ok(error instanceof RepositoryUnavailable && (error.retryAfterMs ?? 0) > 0, 'refused at once')
  open(2)
  t.same(await Promise.all(calls), [1, 2])
})

t.test('without an answer about the limit, all that wait are refused, and later calls go on', async t => {
  let isAway = true
  const memory = createMemorySlots(pace)
  const slots: CallSlots = {
    ...memory,
    claim: async () => (isAway ? await Promise.reject(new Error('away')) : await memory.claim()),
    waitMs: async () => (isAway ? await Promise.reject(new Error('away')) : await memory.waitMs())
  }
  const queue = createCallQueue({ slots, pace, callTimeoutMs: 1000 })
  const calls = await Promise.allSettled([1, 2].map(async n => queue.run(async () => n, never)))
  for (const call of calls) t.ok(call.status === 'rejected' && call.reason instanceof RepositoryUnavailable)
  t.equal(await queue.spareInMs(), Infinity)
  isAway = false
  t.equal(await queue.run(async () => 3, never), 3)
})

t.test('a long wait is refused with its time', async t => {
  const queue = createCallQueue({
    slots: { ...createGate().slots, claim: async () => ({ waitMs: 600_000 }) },
    pace,
    callTimeoutMs: 1000
  })
  const error = await queue.run(async () => 1, never).catch((reason: unknown) => reason)
  t.ok(error instanceof RepositoryUnavailable)
  t.match(error, { retryAfterMs: 600_000 })
})

t.test('a call ends after its time, or when nobody waits for it, and its slot is given back', async t => {
  const { slots, open, finished } = createGate()
  const queue = createCallQueue({ slots, pace, callTimeoutMs: 30 })
  const untilAborted = async (signal: AbortSignal, wait: (ms: number) => void) => {
    wait(70)
    wait(50)
    await pause(10_000, undefined, { signal })
  }
  open()
  await t.rejects(queue.run(untilAborted, never), { name: 'AbortError' })
  const leaving = new AbortController()
  open()
  const call = queue.run(async (signal, wait) => {
    leaving.abort(new Error('gone'))
    await untilAborted(signal, wait)
  }, leaving.signal)
  await t.rejects(call, new Error('gone'))
  open()
  await queue.run(async () => {}, never)
  while (finished.length < 3) await pause(1)
  t.same(finished, [70, 70, 0], 'with the longest pause that was asked for')
})

t.test('a permission that came too late is given back', async t => {
  const { slots, open, finished } = createGate()
  let claims = 0
  const slow: CallSlots = {
    ...slots,
    async claim() {
      // The process was stopped between the question and the answer.
      if (claims++ === 0) await pause(1100)
      return await slots.claim()
    }
  }
  open(2)
  const queue = createCallQueue({ slots: slow, pace, callTimeoutMs: 1000 })
  t.equal(await queue.run(async () => 'called', never), 'called')
  t.equal(claims, 2)
  while (finished.length < 2) await pause(1)
})
