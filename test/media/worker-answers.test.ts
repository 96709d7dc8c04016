import { mock } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import { watchAnswers } from '../../media/worker-answers.ts'

const limits = { askEveryMs: 100, maxMissed: 3 }

/** A worker whose answers the test gives. */
function createWorker() {
  const pending: PromiseWithResolvers<never>[] = []
  let hung = 0
  const worker = {
    closed: false,
    getResourceUsage: async () => {
      pending.push(Promise.withResolvers<never>())
      return await pending.at(-1)!.promise
    }
  }
  watchAnswers(worker, () => hung++, limits)
  return {
    worker,
    /** Ends the open question, with an answer or an error. */
    async answer() {
      pending.at(-1)!.reject(new Error('answered'))
      await turn()
    },
    asked: () => pending.length,
    hung: () => hung
  }
}

t.beforeEach(() => mock.timers.enable({ apis: ['setInterval'] }))
t.afterEach(() => mock.timers.reset())

t.test('a worker that answers late is asked again, and does not hang', async t => {
  const { answer, asked, hung } = createWorker()
  for (let round = 1; round <= 5; round++) {
    mock.timers.tick(300)
    t.equal(asked(), round)
    await answer()
  }
  t.equal(hung(), 0)
})

t.test('a worker that does not answer hangs after as many questions as it may miss, and is reported once', async t => {
  const { answer, asked, hung } = createWorker()
  mock.timers.tick(100)
  await answer()
  mock.timers.tick(399)
  t.equal(hung(), 0)
  mock.timers.tick(1)
  t.equal(hung(), 1)
  mock.timers.tick(10_000)
  t.equal(hung(), 1)
  t.equal(asked(), 2)
})

t.test('a closed worker is not asked', async t => {
  const { worker, asked, hung } = createWorker()
  worker.closed = true
  mock.timers.tick(10_000)
  t.equal(asked(), 0)
  t.equal(hung(), 0)
})
