import t from 'tap'
import { killConsumers } from '../processes/killed-consumer.ts'
import { repetitions } from './repetitions.ts'

t.setTimeout(600_000)

t.test('totals are exact after a consumer was killed again and again', async t => {
  await killConsumers(t, repetitions)
})
