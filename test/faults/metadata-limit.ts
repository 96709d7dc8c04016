import t from 'tap'
import { runTwoCallers } from '../plugins/app/metadata/calls/two-callers.ts'
import { checkFigure } from './figures.ts'

t.setTimeout(840_000)

t.test('two nodes ask for 300 artists in real time, while Redis is killed twice', async t => {
  const fault = 'redis is killed while two nodes ask Discogs'
  const result = await runTwoCallers(t, { windowMs: 60_000, outageMs: 10_000 })
  t.equal(result.answers, 300, 'every question was answered')
  checkFigure(t, { fault, what: 'calls in a moving minute', samples: [result.maxCallsInWindow], limit: 60 })
  checkFigure(t, { fault, what: 'calls that the service refused', samples: [result.throttled], limit: 0 })
  checkFigure(t, { fault, what: 'time for 300 artists, ms', samples: [result.durationMs], limit: 720_000 })
})
