import t from 'tap'
import { createCallBudget } from '../../../../plugins/app/spotify/call-budget.ts'

const limits = { perPerson: 2, all: 3, windowMs: 60_000 }

t.test('calls of one person and of all people wait for the end of the window', async t => {
  const take = createCallBudget(limits)
  t.same([take('a', 1000), take('a', 2000), take('a', 3000)], [0, 0, 58_000])
  t.same([take('b', 4000), take('b', 5000)], [0, 56_000], 'the limit of all')
  t.equal(take('a', 61_000), 0, 'a new window')
})

t.test('the time to wait is not longer than the window, whatever the clock shows', async t => {
  // 5537.126 + 60,000 is rounded up.
  for (const nowMs of [0.1, 5537.125999999999, 1e9 + 0.3]) {
    const take = createCallBudget({ ...limits, perPerson: 1 })
    t.same([take('a', nowMs), take('a', nowMs)], [0, 60_000])
  }
})
