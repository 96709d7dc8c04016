import fc from 'fast-check'
import t from 'tap'
import { createPersonalWindows, createRateWindow } from '../../../realtime/sockets/rate-limits.ts'

const windowMs = 10_000

t.test('50 attempts in ten seconds are allowed, and the 51st is not', async t => {
  const window = createRateWindow({ count: 50, windowMs })
  for (let n = 0; n < 50; n++) t.equal(window.take(n), 0)
  t.equal(window.take(50), windowMs - 50, 'the result is the time to wait')
  t.equal(window.take(windowMs - 1), 1)
  t.equal(window.take(windowMs), 0, 'refused attempts do not extend the wait')
  t.ok(window.take(windowMs) > 0, 'one attempt is allowed, not more')
})

t.test('the time to wait is not longer than the window, whatever the clock shows', async t => {
  // 5537.126 + 60,000 is rounded up.
  for (const nowMs of [0.1, 5537.125999999999, 1e9 + 0.3]) {
    const window = createRateWindow({ count: 1, windowMs: 60_000 })
    t.equal(window.take(nowMs), 0)
    t.equal(window.take(nowMs), 60_000)
  }
})

t.test('no window allows more attempts than the limit, and none is refused below it', async () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 60 }),
      (count, gaps) => {
        const window = createRateWindow({ count, windowMs: 100 })
        const allowed: number[] = []
        const tried: number[] = []
        let now = 0
        for (const gap of gaps) {
          now += gap
          tried.push(now)
          const recent = allowed.filter(at => at > now - 100)
          const waitMs = window.take(now)
          if (window.attempts(now) !== tried.filter(at => at > now - 100).length) return false
          if ((waitMs === 0) !== recent.length < count) return false
          if (waitMs === 0) allowed.push(now)
          else if (waitMs !== recent[0]! + 100 - now) return false
        }
        return true
      }
    )
  )
})

t.test('each person has a separate window', async t => {
  const { take } = createPersonalWindows({ count: 2, windowMs })
  t.same([take('a', 0), take('a', 1), take('b', 1)], [0, 0, 0])
  t.equal(take('a', 2), windowMs - 2)
  t.equal(take('b', 2), 0)
  t.same([take('a', windowMs + 2), take('b', 2 * windowMs + 2)], [0, 0], 'also after old windows were removed')
})
