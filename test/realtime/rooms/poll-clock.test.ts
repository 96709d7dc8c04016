import { mock } from 'node:test'
import { setImmediate as settle } from 'node:timers/promises'
import t from 'tap'
import type { Poll } from '../../../contract/polls.ts'
import { createPollClock } from '../../../realtime/rooms/poll-clock.ts'

const opened: Poll = {
  pollId: 'p1',
  question: 'Which?',
  options: ['a', 'b'],
  counts: [0, 0],
  isOpen: true,
  openedAt: 1000,
  endsAt: 6000,
  by: 'host'
}

t.test('a poll that could not be closed at its end is reported again, until it is closed', async t => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  const ended: string[] = []
  let poll: Poll = opened
  let nowMs = 1000
  const clock = createPollClock(
    async pollId => {
      ended.push(pollId)
      return poll
    },
    () => nowMs
  )
  const pass = async (ms: number) => {
    nowMs += ms
    mock.timers.tick(ms)
    await settle()
  }
  clock.watch(poll)
  await pass(4900)
  t.same(ended, [])
  await pass(100)
  t.same(ended, ['p1'])
  await pass(900)
  t.same(ended, ['p1'], 'not at once')
  poll = { ...opened, isOpen: false }
  await pass(100)
  t.same(ended, ['p1', 'p1'])
  await pass(100_000)
  t.same(ended, ['p1', 'p1'])

  poll = { ...opened, pollId: 'p2' }
  clock.watch({ ...opened, endsAt: null })
  clock.watch(opened)
  await pass(1)
  t.equal(ended.length, 3)
  await pass(100_000)
  t.equal(ended.length, 3, 'another poll is watched on its own')
  clock.watch(opened)
  clock.close()
  clock.watch(opened)
  await pass(100_000)
  t.equal(ended.length, 3)
})
