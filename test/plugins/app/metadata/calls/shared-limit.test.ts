import t from 'tap'
import { runTwoCallers } from './two-callers.ts'

// The same in real time is test/faults/metadata-limit.ts.
t.test('two nodes never call more often than the service allows, while Redis is killed', async t => {
  const result = await runTwoCallers(t, { windowMs: 1500, outageMs: 1500 })
  t.comment(result)
  t.equal(result.answers, 300, 'every question was answered')
  t.ok(result.maxCallsInWindow <= 60, 'at most 60 calls in any moving window')
  t.ok(result.maxCallsInWindow >= 40, 'the limit is used')
  t.equal(result.throttled, 0, 'the service refused none')
})
