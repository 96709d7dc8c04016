import t from 'tap'
import { showThroughOutage } from '../plugins/app/event-sequence/broker-outage.ts'
import { startKafka } from '../standins/kafka/start.ts'
import { checkFigure } from './figures.ts'

t.setTimeout(600_000)

const outageMs = Number(process.env.FAULT_BROKER_AWAY_MS ?? 30_000)

for (const fault of ['the broker is killed', 'the broker hangs'] as const) {
  t.test(`${fault} for ${outageMs / 1000} s in a live show: comments go on, and no event is lost`, async t => {
    const broker = await startKafka(t)
    const isKilled = fault === 'the broker is killed'
    const { comments, slowestMs, arrived, stored } = await showThroughOutage(t, {
      broker,
      outageMs,
      goAway: isKilled ? broker.stop : broker.pause,
      comeBack: isKilled ? broker.start : broker.resume
    })
    t.ok(comments > outageMs / 1000, `${comments} comments`)
    checkFigure(t, { fault, what: 'slowest comment with a command, ms', samples: [slowestMs], limit: 1000 })
    const lost = Array.from({ length: stored }, (_, index) => index + 1).filter(seq => !arrived.includes(seq))
    checkFigure(t, { fault, what: `events of ${stored} that were lost`, samples: [lost.length], limit: 0 })
    t.same(
      arrived,
      arrived.toSorted((a, b) => a - b),
      'in order'
    )
  })
}
