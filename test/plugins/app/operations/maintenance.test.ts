import t from 'tap'
import pino from 'pino'
import { createUpkeep } from '../../../../plugins/app/operations/maintenance.ts'
import { until } from '../../../realtime/real-app.ts'

const logger = pino({ level: 'silent' })

t.test('each chore is done at the beginning and again in its time', async t => {
  const done = { often: 0, seldom: 0 }
  const upkeep = createUpkeep(
    [
      {
        name: 'often',
        everyMs: 1,
        run: async () => {
          done.often++
        }
      },
      {
        name: 'seldom',
        everyMs: 3_600_000,
        run: async () => {
          done.seldom++
        }
      }
    ],
    logger
  )
  t.same(done, { often: 0, seldom: 0 }, 'nothing before it begins')
  upkeep.begin()
  await until(() => done.often > 3)
  t.equal(done.seldom, 1)
  await upkeep.close()
})

t.test('a chore that fails is tried again, and keeps no other from being done', async () => {
  let [failed, done] = [0, 0]
  const upkeep = createUpkeep(
    [
      {
        name: 'failing',
        everyMs: 1,
        run: async () => {
          failed++
          throw new Error('the store is away')
        }
      },
      {
        name: 'other',
        everyMs: 1,
        run: async () => {
          done++
        }
      }
    ],
    logger
  )
  upkeep.begin()
  await until(() => failed > 2 && done > 2)
  await upkeep.close()
})

t.test('one thing at a time; closing waits for it, and nothing comes after', async t => {
  let [running, most, begun] = [0, 0, 0]
  const gate = Promise.withResolvers<void>()
  const run = async () => {
    begun++
    most = Math.max(most, ++running)
    await gate.promise
    running--
  }
  const upkeep = createUpkeep(
    [
      { name: 'one', everyMs: 1, run },
      { name: 'two', everyMs: 1, run }
    ],
    logger
  )
  upkeep.begin()
  await until(() => begun === 1)
  const closing = upkeep.close()
  gate.resolve()
  await closing
  t.same([running, most, begun], [0, 1, 1])
})
