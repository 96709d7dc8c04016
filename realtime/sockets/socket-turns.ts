import type { AmbientSocket } from './socket-data.ts'

/** Returns what runs the tasks of each socket one after the other. */
export function createSocketTurns(): <T>(socket: AmbientSocket, task: () => Promise<T>) => Promise<T> {
  /** The last task of each socket, until it is done: there is one of these per socket. */
  const last = new WeakMap<AmbientSocket, Promise<unknown>>()
  return async (socket, task) => {
    const before = last.get(socket)
    const running = before ? before.then(task, task) : task()
    last.set(socket, running)
    try {
      return await running
    } finally {
      if (last.get(socket) === running) last.delete(socket)
    }
  }
}
