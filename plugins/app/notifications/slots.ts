import type { FastifyBaseLogger } from 'fastify'

export interface SlotsParts<Task> {
  /** Takes a task that this node works on for a time. Returns null when none waits. */
  claim(): Promise<Task | null>
  work(task: Task): Promise<void>
  maxParallel: number
  log: Pick<FastifyBaseLogger, 'error'>
  /** No task begins after it has aborted. */
  signal: AbortSignal
}

export type Slots = ReturnType<typeof createSlots>

/** Works on claimed tasks, some at the same time. One that takes long holds up no other slot. */
export function createSlots<Task>({ claim, work, maxParallel, log, signal }: SlotsParts<Task>) {
  const slots = new Set<Promise<void>>()

  /** Works on a task, and then on those that wait. */
  async function workOn(first: Task): Promise<void> {
    let task: Task | null = first
    while (task !== null) {
      await work(task)
      task = signal.aborted ? null : await claim()
    }
  }

  function openSlot(first: Task): void {
    const slot = workOn(first)
      .catch((err: unknown) => log.error({ err }, 'delivery of messages stopped, continuing in the next round'))
      .finally(() => slots.delete(slot))
    slots.add(slot)
  }

  return {
    /** Begins with the tasks whose time has come, in the free slots. One question while nothing waits. */
    async fill(): Promise<void> {
      while (slots.size < maxParallel && !signal.aborted) {
        const task = await claim()
        if (task === null) return
        openSlot(task)
      }
    },

    /** Waits for the tasks in progress. */
    async idle(): Promise<void> {
      await Promise.all(slots)
    }
  }
}
