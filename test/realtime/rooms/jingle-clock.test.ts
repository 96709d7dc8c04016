import { mock } from 'node:test'
import t from 'tap'
import { createJingleClock } from '../../../realtime/rooms/jingle-clock.ts'

const jingle = { songId: 'j', producerId: 'p', startedAt: 1000, durationMs: 3000, by: 'host' }

t.test('a jingle is over some seconds after its end, unless another one follows', async t => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  const over: number[] = []
  let nowMs = 1000
  const clock = createJingleClock(
    async startedAt => {
      over.push(startedAt)
    },
    () => nowMs
  )
  const pass = (ms: number) => {
    nowMs += ms
    mock.timers.tick(ms)
  }
  clock.watch(jingle)
  pass(22_900)
  t.same(over, [])
  clock.watch({ ...jingle, startedAt: nowMs })
  pass(22_900)
  t.same(over, [], 'the next one begins anew')
  pass(200)
  t.same(over, [1000 + 22_900])

  clock.watch({ ...jingle, startedAt: nowMs + 3_600_000 })
  pass(23_100)
  t.equal(over.length, 2, 'a clock that was set back delays nothing')
  clock.watch({ ...jingle, startedAt: 0 })
  pass(1)
  t.equal(over.length, 3, 'the jingle of a restored room is over at once')
  clock.watch(jingle)
  clock.watch(null)
  clock.watch({ ...jingle, startedAt: nowMs })
  clock.close()
  pass(100_000)
  t.equal(over.length, 3)
})
