import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Collection } from 'mongodb'
import { isDuplicateKey } from '../../documents/is-duplicate-key.ts'

/** The lock document. It is stored among the records of finished migrations. */
export interface LockDocument {
  _id: string
  holder: string
  beat: number
}

export interface LockOptions {
  /** Interval of the holder's heartbeat, and of checks by waiting servers. */
  beatMs: number
  /** A holder without a heartbeat for this time is dead, and a waiting server takes over the lock. */
  deadAfterMs: number
  /** Called once when another server holds the lock. */
  onWait(): void
}

/** A lock held by this process. */
export interface HeldLock {
  /** Sends a heartbeat. Throws when another server has taken over the lock because the heartbeat was late. */
  confirm(): Promise<void>
  release(): Promise<void>
}

export const lockId = 'lock'

async function tryCreate(locks: Collection<LockDocument>, holder: string): Promise<boolean> {
  try {
    await locks.insertOne({ _id: lockId, holder, beat: 0 })
    return true
  } catch (error) {
    if (isDuplicateKey(error)) return false
    throw error
  }
}

/**
 * Takes over the lock of a dead holder. Returns false when another server was faster, or the holder sent a heartbeat
 * after all.
 */
async function tryTakeOver(locks: Collection<LockDocument>, dead: LockDocument, holder: string): Promise<boolean> {
  const previous = await locks.findOneAndUpdate(
    { _id: lockId, holder: dead.holder, beat: dead.beat },
    { $set: { holder, beat: 0 } }
  )
  return previous !== null
}

/**
 * Waits until this process has the lock. Heartbeats are timed by the local clock alone, since clocks of nodes may
 * differ.
 */
async function acquire(
  locks: Collection<LockDocument>,
  holder: string,
  { beatMs, deadAfterMs, onWait }: LockOptions
): Promise<void> {
  let seen: LockDocument | null = null
  let seenAt = 0
  while (!(await tryCreate(locks, holder))) {
    if (!seen) onWait()
    const now = performance.now()
    const current = await locks.findOne({ _id: lockId })
    if (!current) continue
    if (current.holder !== seen?.holder || current.beat !== seen.beat) {
      seen = current
      seenAt = now
    } else if (now - seenAt > deadAfterMs && (await tryTakeOver(locks, current, holder))) return
    await sleep(Math.min(beatMs, deadAfterMs))
  }
}

/** Waits for the lock and holds it until it is released or this process dies. */
export async function holdLock(locks: Collection<LockDocument>, options: LockOptions): Promise<HeldLock> {
  const holder = randomUUID()
  await acquire(locks, holder, options)

  async function beat(): Promise<boolean> {
    const { matchedCount } = await locks.updateOne({ _id: lockId, holder }, { $inc: { beat: 1 } })
    return matchedCount > 0
  }

  // A failed heartbeat counts as a missed one; `confirm` reports a lost lock.
  const heartbeat = setInterval(() => {
    beat().catch(() => {})
  }, options.beatMs)
  return {
    async confirm() {
      if (!(await beat())) {
        throw new Error('another server took over the migrations because this one was too slow; start it again')
      }
    },
    async release() {
      clearInterval(heartbeat)
      await locks.deleteOne({ _id: lockId, holder })
    }
  }
}
