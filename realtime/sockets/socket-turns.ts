import PQueue from 'p-queue'
import type { AmbientSocket } from './socket-data.ts'

/** Returns what runs the tasks of each socket one after the other. */
export function createSocketTurns(): <T>(socket: AmbientSocket, task: () => Promise<T>) => Promise<T> {
  const queues = new WeakMap<AmbientSocket, PQueue>()
  return async (socket, task) => {
    const queue = queues.get(socket) ?? new PQueue({ concurrency: 1 })
    queues.set(socket, queue)
    return await queue.add(task)
  }
}
