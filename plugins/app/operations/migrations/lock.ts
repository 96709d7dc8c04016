import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Collection } from 'mongodb'
import { isDuplicateKey } from '../../documents/is-duplicate-key.ts'

/** The lock, kept among the records of the migrations that have run. */
export interface LockDocument {
  _id: string
  holder: string
  beat: number
}

export interface LockOptions {
  /** How often who holds the lock shows that it lives, and how often who waits looks. */
  beatMs: number
  /** A holder that has not shown itself for so long is dead, and who waits takes its place. */
  deadAfterMs: number
  /** Told once when somebody else holds the lock. */
  onWait(): void
}

/** A lock that is held. */
export interface HeldLock {
  /** Shows that the holder lives. Throws when somebody else took the lock because it did not in time. */
  confirm(): Promise<void>
  release(): Promise<void>
}

export const lockId = 'lock'

async function claim(locks: Collection<LockDocument>, holder: string): Promise<boolean> {
  try {
    await locks.insertOne({ _id: lockId, holder, beat: 0 })
    return true
  } catch (error) {
    if (isDuplicateKey(error)) return false
    throw error
  }
}

/** Takes the place of a holder whose beat stood still, unless another was quicker or the holder lives after all. */
async function inherit(locks: Collection<LockDocument>, dead: LockDocument, holder: string): Promise<boolean> {
  const taken = await locks.findOneAndUpdate(
    { _id: lockId, holder: dead.holder, beat: dead.beat },
    { $set: { holder, beat: 0 } }
  )
  return taken !== null
}

/** Waits until the lock is ours. Whether a holder lives is seen from its beat by our own clock alone: the nodes' clocks may differ. */
async function take(
  locks: Collection<LockDocument>,
  holder: string,
  { beatMs, deadAfterMs, onWait }: LockOptions
): Promise<void> {
  let seen: LockDocument | null = null
  let seenAt = 0
  while (!(await claim(locks, holder))) {
    if (!seen) onWait()
    const now = performance.now()
    const current = await locks.findOne({ _id: lockId })
    if (!current) continue
    if (current.holder !== seen?.holder || current.beat !== seen.beat) {
      seen = current
      seenAt = now
    } else if (now - seenAt > deadAfterMs && (await inherit(locks, current, holder))) return
    await sleep(Math.min(beatMs, deadAfterMs))
  }
}

/** Takes the lock, waiting for who has it, and holds it until it is released or this process dies. */
export async function holdLock(locks: Collection<LockDocument>, options: LockOptions): Promise<HeldLock> {
  const holder = randomUUID()
  await take(locks, holder, options)

  async function beat(): Promise<boolean> {
    const { matchedCount } = await locks.updateOne({ _id: lockId, holder }, { $inc: { beat: 1 } })
    return matchedCount > 0
  }

  // A beat that fails is one that is missing; `confirm` says so to who holds the lock.
  const beating = setInterval(() => {
    beat().catch(() => {})
  }, options.beatMs)
  return {
    async confirm() {
      if (!(await beat())) {
        throw new Error('another server took the migrations over, because this one was too slow; start it again')
      }
    },
    async release() {
      clearInterval(beating)
      await locks.deleteOne({ _id: lockId, holder })
    }
  }
}
