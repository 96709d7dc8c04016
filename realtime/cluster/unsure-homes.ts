import type { FastifyBaseLogger } from 'fastify'
import type { LiveRoom } from '../rooms/live-room.ts'
import type { Bus } from './bus.ts'

/** Time between two questions to the log about all shows, ms. */
const askEveryMs = 2000

export interface UnsureHomesParts {
  bus: Pick<Bus, 'isSure'>
  rooms: { showIds(): string[]; find(showId: string): Pick<LiveRoom, 'confirmHome'> | undefined }
  logger: Pick<FastifyBaseLogger, 'debug'>
}

/**
 * While this node may have lost its claims, asks the log about each of its shows. A show that another node has taken
 * sends its members away, also when none of them sends a command: a creator who only talks would talk to nobody.
 * Returns a function that ends it.
 */
export function watchUnsureHomes({ bus, rooms, logger }: UnsureHomesParts): () => void {
  let isAsking = false

  async function askAll(): Promise<void> {
    for (const showId of rooms.showIds()) {
      // One after the other: the database has other work.
      await rooms
        .find(showId)
        ?.confirmHome()
        .catch((error: unknown) => logger.debug({ err: error, showId }, 'home not confirmed'))
    }
  }

  const timer = setInterval(async () => {
    if (bus.isSure() || isAsking) return
    isAsking = true
    await askAll()
    isAsking = false
  }, askEveryMs).unref()
  return () => clearInterval(timer)
}
