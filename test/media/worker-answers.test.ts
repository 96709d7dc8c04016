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

let nowMs = 0
t.beforeEach(() => {
  mock.timers.enable({ apis: ['setInterval'] })
  mock.method(performance, 'now', () => nowMs)
})
t.afterEach(() => {
  mock.timers.reset()
  mock.restoreAll()
})

/** Lets time pass in which this process runs. */
async function pass(questions: number): Promise<void> {
  for (let n = 0; n < questions; n++) {
    nowMs += 100
    mock.timers.tick(100)
    await turn()
  }
}

t.test('a worker that answers late is asked again, and does not hang', async t => {
  const { answer, asked, hung } = createWorker()
  for (let round = 1; round <= 5; round++) {
    await pass(3)
    t.equal(asked(), round)
    await answer()
  }
  t.equal(hung(), 0)
})

t.test('a worker that does not answer hangs after as many questions as it may miss, and is reported once', async t => {
  const { answer, asked, hung } = createWorker()
  await pass(1)
  await answer()
  await pass(3)
  t.equal(hung(), 0)
  await pass(1)
  t.equal(hung(), 1)
  await pass(100)
  t.equal(hung(), 1)
  t.equal(asked(), 2)
})

t.test('a worker does not hang because this process was busy, or its timers were early', async t => {
  const { hung } = createWorker()
  await pass(1)
  nowMs += 10_000
  mock.timers.tick(10_000)
  await turn()
  t.equal(hung(), 0, 'this process was busy')
  nowMs -= 9800
  for (let n = 0; n < 10; n++) {
    mock.timers.tick(100)
    await turn()
  }
  t.equal(hung(), 0, 'timers were early')
})

t.test('a closed worker is not asked', async t => {
  const { worker, asked, hung } = createWorker()
  worker.closed = true
  await pass(100)
  t.equal(asked(), 0)
  t.equal(hung(), 0)
})
