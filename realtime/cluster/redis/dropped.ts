import type { FastifyBaseLogger } from 'fastify'
import type { BusObserver } from './bus-observer.ts'

/** The place where something was read that is none of this protocol. */
export type DroppedFrom = 'inbox' | 'show' | 'feed' | 'channel' | 'node'

/** Counts what is dropped, and logs the first of each kind. */
export type Drop = (from: DroppedFrom, reason: string) => void

export function createDrop(logger: Pick<FastifyBaseLogger, 'warn'>, observer: BusObserver): Drop {
  const logged = new Set<string>()
  return (from, reason) => {
    observer.onDropped?.(from)
    const kind = `${from}: ${reason}`
    if (logged.has(kind)) return
    logged.add(kind)
    logger.warn({ from, reason }, 'message of another protocol dropped')
  }
}
