import { mock } from 'node:test'
import t from 'tap'
import { createPacer } from '../../../media/player/pacer.ts'
import { tickMs } from './simulated-player.ts'

t.test('ticks keep to the clock for an hour, however late each one is', async t => {
  let nowMs = 0
  let pending: { callback: () => void; atMs: number } | null = null
  const timers = mock.method(globalThis, 'setTimeout', (callback: () => void, ms: number) => {
    pending = { callback, atMs: nowMs + ms }
  })
  const reported: number[] = []
  const delays: number[] = []
  const pacer = createPacer(() => nowMs)
  pacer.add(tickMs => {
    reported.push(tickMs)
    delays.push(nowMs - tickMs)
  })
  const timerDelays = [0.3, 1.1, 0, 4, 15, 0.7, -0.4]
  for (let n = 0; nowMs < 3_600_000; n++) {
    const due: { callback: () => void; atMs: number } = pending!
    nowMs = Math.max(nowMs, due.atMs + timerDelays[n % timerDelays.length]!)
    due.callback()
  }
  timers.mock.restore()
  t.equal(reported.length, 60_000)
  t.ok(
    reported.every((ms, n) => ms === (n + 1) * tickMs),
    'each is reported with its nominal time'
  )
  t.ok(delays.every(ms => ms >= 0 && ms < 20))
  pacer.close()
})

t.test('missed ticks are reported once, to every listener, and the timer stops without listeners', async t => {
  const pacer = createPacer()
  const seen: string[] = []
  const stops = ['a', 'b'].map(name => pacer.add(() => seen.push(name)))
  while (seen.length < 4) await new Promise(resolve => setTimeout(resolve, 5))
  t.same(seen.slice(0, 4), ['a', 'b', 'a', 'b'])
  const before = seen.length
  const blockedUntil = performance.now() + 100
  while (performance.now() < blockedUntil);
  await new Promise(resolve => setTimeout(resolve))
  t.ok(seen.length - before <= 4, `${seen.length - before} calls for 5 ticks`)
  for (const stop of stops) stop()
  stops[0]!()
  const { length } = seen
  await new Promise(resolve => setTimeout(resolve, 50))
  t.equal(seen.length, length)
  pacer.close()
})

t.test('a listener that replaces itself during its tick keeps one timer', async t => {
  const handle = {}
  const pending: (() => void)[] = []
  const timers = mock.method(globalThis, 'setTimeout', (callback: () => void) => {
    pending.push(callback)
    return handle
  })
  t.teardown(() => timers.mock.restore())
  let nowMs = 0
  const pacer = createPacer(() => nowMs)
  const stop = pacer.add(() => {
    stop()
    pacer.add(() => {})
  })
  nowMs = tickMs
  pending.shift()!()
  t.equal(pending.length, 1)
  pacer.close()
})
