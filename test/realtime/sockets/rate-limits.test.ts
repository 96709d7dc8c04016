import fc from 'fast-check'
import t from 'tap'
import { createPersonalWindows, createRateWindow } from '../../../realtime/sockets/rate-limits.ts'

const windowMs = 10_000

t.test('the fiftieth within ten seconds is allowed, the fifty-first is not', async t => {
  const window = createRateWindow({ count: 50, windowMs })
  for (let n = 0; n < 50; n++) t.equal(window.take(n), 0)
  t.equal(window.take(50), windowMs - 50, 'says how long to wait')
  t.equal(window.take(windowMs - 1), 1)
  t.equal(window.take(windowMs), 0, 'and means it: refused tries postpone nothing')
  t.ok(window.take(windowMs) > 0, 'one place, not more')
})

t.test('never more than the limit in any window, and nobody is refused without reason', async () => {
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

t.test('each person has a window of their own', async t => {
  const { take } = createPersonalWindows({ count: 2, windowMs })
  t.same([take('a', 0), take('a', 1), take('b', 1)], [0, 0, 0])
  t.equal(take('a', 2), windowMs - 2)
  t.equal(take('b', 2), 0)
  t.same([take('a', windowMs + 2), take('b', 2 * windowMs + 2)], [0, 0], 'also after windows were swept')
})
