import type { SharedLock } from './account.ts'
import type { Clock } from './clock.ts'

/** The part of `localStorage` that the lock uses. */
export type LockStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/** A lock of a tab that was closed is free after this time. Longer than the request that it protects may take. */
const leaseMs = 30_000
/** Time after which a write of this tab is visible to all tabs, and the writes of others to this one. */
const settleMs = 100

/**
 * Creates a lock that all tabs with this storage share, for pages without `navigator.locks`: browsers have it on https
 * and on localhost only. A tab writes its mark while there is none, waits, and holds the lock if its mark is still
 * there. Of tabs that write at the same time, the last one holds it.
 */
export function createStorageLock(storage: LockStorage, clock: Clock): SharedLock {
  const wait = async () =>
    await new Promise<void>(resolve => {
      // Different times, so that tabs do not try in step.
      clock.after(settleMs * (1 + clock.random()), resolve)
    })

  /** Returns the mark of the tab that holds the lock, or null. */
  function holder(key: string): string | null {
    const mark = storage.getItem(key)
    const leftMs = Number(mark?.split(' ')[0]) - clock.nowMs()
    return leftMs > 0 && leftMs <= leaseMs ? mark : null
  }

  return {
    async request(name, task) {
      const id = `${clock.random()}`.slice(2)
      let mark: string
      do {
        while (holder(name) !== null) await wait()
        mark = `${clock.nowMs() + leaseMs} ${id}`
        storage.setItem(name, mark)
        await wait()
      } while (holder(name) !== mark)
      try {
        return await task()
      } finally {
        if (storage.getItem(name) === mark) storage.removeItem(name)
      }
    }
  }
}
