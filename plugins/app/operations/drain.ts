import { setTimeout as pause } from 'node:timers/promises'

/** Disconnects the clients of a server that is about to stop, while it still answers. */
export interface Drain {
  /** Binds the owner of the open connections. */
  bind(connections: OpenConnections): void
  /** Makes the server not ready and resolves once its clients are disconnected. The server is closed after that. */
  run(): Promise<void>
}

/** The open connections as their owner offers them. */
export interface OpenConnections {
  count(): number
  /** Asks all clients to reconnect elsewhere. Resolves when they are gone, or after `withinMs`. */
  sendAway(withinMs: number): Promise<void>
}

export interface DrainParts {
  /** Makes `/readyz` answer 503 and lets no show start. */
  announce(): void
  /** The maximum time for stopping, in all, ms. */
  deadlineMs: number
  wait?: (ms: number) => Promise<unknown>
}

/**
 * Maximum time a load balancer gets to read `/readyz` before clients are disconnected; shorter with a short deadline.
 */
const maxNoticeMs = 1000
/** Shares of the deadline. The rest is for requests in progress and pending writes. */
const noticeShare = 1 / 10
const disconnectShare = 1 / 3

export function createDrain({ announce, deadlineMs, wait = pause }: DrainParts): Drain {
  let connections: OpenConnections = { count: () => 0, sendAway: async () => {} }

  return {
    bind(bound) {
      connections = bound
    },
    async run() {
      announce()
      // Without clients, for example on a laptop, no load balancer has to be given time.
      if (connections.count() > 0) await wait(Math.min(maxNoticeMs, deadlineMs * noticeShare))
      await connections.sendAway(deadlineMs * disconnectShare)
    }
  }
}
