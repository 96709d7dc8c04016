import t from 'tap'
import pino from 'pino'
import { createMaintenance } from '../../../../plugins/app/operations/maintenance.ts'
import { until } from '../../../realtime/real-app.ts'

const logger = pino({ level: 'silent' })

t.test('each task runs at the start and again after its interval', async t => {
  const runs = { frequent: 0, rare: 0 }
  const maintenance = createMaintenance(logger)
  maintenance.every('frequent', 1, async () => {
    runs.frequent++
  })
  maintenance.every('rare', 3_600_000, async () => {
    runs.rare++
  })
  t.same(runs, { frequent: 0, rare: 0 }, 'nothing before the start')
  maintenance.start()
  await until(() => runs.frequent > 3)
  t.equal(runs.rare, 1)
  await maintenance.close()
})

t.test('a task that fails runs again and does not stop other tasks', async () => {
  let [failures, runs] = [0, 0]
  const maintenance = createMaintenance(logger)
  maintenance.every('failing', 1, async () => {
    failures++
    throw new Error('the store is unavailable')
  })
  maintenance.every('other', 1, async () => {
    runs++
  })
  maintenance.start()
  await until(() => failures > 2 && runs > 2)
  await maintenance.close()
})

t.test('tasks run one at a time, and close waits for the current one and starts no other', async t => {
  let [running, maxRunning, started] = [0, 0, 0]
  const gate = Promise.withResolvers<void>()
  const run = async () => {
    started++
    maxRunning = Math.max(maxRunning, ++running)
    await gate.promise
    running--
  }
  const maintenance = createMaintenance(logger)
  maintenance.every('one', 1, run)
  maintenance.every('two', 1, run)
  maintenance.start()
  await until(() => started === 1)
  const closing = maintenance.close()
  gate.resolve()
  await closing
  t.same([running, maxRunning, started], [0, 1, 1])
})
