import t from 'tap'
import { createStorageLock, type LockStorage } from '../../client/storage-lock.ts'
import type { Clock } from '../../client/clock.ts'
import { createManualClock } from './manual-clock.ts'

function createPage(): { storage: LockStorage; items: Map<string, string> } {
  const items = new Map<string, string>()
  return {
    items,
    storage: {
      getItem: key => items.get(key) ?? null,
      setItem: (key, value) => items.set(key, value),
      removeItem: key => items.delete(key)
    }
  }
}

/** A clock whose time runs as fast as the event loop turns. */
function createFastClock(): Clock {
  const clock = createManualClock()
  return {
    nowMs: clock.nowMs,
    random: Math.random,
    after(delayMs, task) {
      const dueMs = clock.nowMs() + delayMs
      const timer = setInterval(() => {
        if (clock.nowMs() < dueMs) return clock.advance(10)
        clearInterval(timer)
        task()
      }, 0)
      return () => clearInterval(timer)
    }
  }
}

t.test('of ten tabs one runs its task at a time, and all run', async t => {
  const { storage, items } = createPage()
  const clock = createFastClock()
  let running = 0
  let maxRunning = 0
  const done: number[] = []
  await Promise.all(
    Array.from({ length: 10 }, async (_, tab) => {
      await createStorageLock(storage, clock).request('lock', async () => {
        running++
        maxRunning = Math.max(maxRunning, running)
        await new Promise<void>(resolve => clock.after(200, resolve))
        running--
        done.push(tab)
      })
    })
  )
  t.equal(maxRunning, 1)
  t.equal(done.length, 10)
  t.equal(items.size, 0, 'no mark is left')
})

t.test('a task that fails releases the lock, and its error is passed on', async t => {
  const { storage } = createPage()
  const lock = createStorageLock(storage, createFastClock())
  await t.rejects(
    lock.request('lock', async () => {
      throw new Error('failed')
    }),
    { message: 'failed' }
  )
  t.equal(await lock.request('lock', async () => 'done'), 'done')
})

t.test('the mark of a tab that was closed, or that no tab can have written, does not block for long', async t => {
  const clock = createFastClock()
  const startMs = clock.nowMs()
  for (const [mark, maxWaitMs] of [
    [`${startMs + 30_000} closed`, 31_000],
    [`${startMs + 3_600_000} from-before-a-step-of-the-clock`, 1000],
    ['nonsense', 1000]
  ] as const) {
    const { storage } = createPage()
    storage.setItem('lock', mark)
    const beganMs = clock.nowMs()
    t.equal(await createStorageLock(storage, clock).request('lock', async () => 'done'), 'done')
    t.ok(clock.nowMs() - beganMs <= maxWaitMs, `${mark}: ${clock.nowMs() - beganMs} ms`)
  }
})
