import t from 'tap'
import { countTicks, linearScale, timeTicks } from '../../../web/src/numbers/scale.ts'

const hourMs = 3_600_000
const noon = new Date(2027, 2, 1, 12).getTime()

t.test('an axis of counts begins at 0, covers the maximum, and has few whole steps', t => {
  for (let max = 0; max < 3000; max += 7) {
    const ticks = countTicks(max)
    const [first, second] = ticks
    t.equal(first, 0)
    if (ticks.length > 6 || (ticks.at(-1) ?? 0) < Math.max(1, max) || !Number.isInteger(second)) {
      t.fail(`${max}: ${ticks.join(' ')}`)
    }
  }
  t.same(countTicks(0), [0, 1])
  t.same(countTicks(3), [0, 1, 2, 3])
  t.same(countTicks(208), [0, 100, 200, 300])
  t.end()
})

t.test('times of an axis are full steps of the clock, and do not touch', t => {
  t.same(
    timeTicks(noon + 60_000, noon + hourMs, 600, 90),
    [10, 20, 30, 40, 50, 60].map(minute => noon + minute * 60_000)
  )
  t.same(timeTicks(noon, noon + 60_000, 300, 90), [noon, noon + 60_000], 'a show of one minute')
  for (const hours of [0.1, 1, 3, 12, 30]) {
    const x = linearScale([noon, noon + hours * hourMs], [0, 328])
    const ticks = timeTicks(noon, noon + hours * hourMs, 328, 88)
    const gaps = ticks.slice(1).map((at, index) => x(at) - x(ticks[index] ?? 0))
    t.ok(
      gaps.every(gap => gap >= 87),
      `${hours} hours: ${gaps.join(' ')}`
    )
  }
  t.end()
})
