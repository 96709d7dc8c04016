import { createBitrateCap } from './bitrate-cap.ts'
import { ShowAudio } from './show-audio.ts'
import { WorkerPool, type WorkerPoolOptions } from './worker-pool.ts'

export interface MediaOptions extends WorkerPoolOptions {
  /** A show goes on to a further worker when it has so many sessions on one. */
  listenersPerWorker: number
  /** What one producer may send, measured over two seconds. */
  maxBitrateBps: number
}

/** How many objects the workers hold for shows, as they say themselves. */
export interface MediaCounts { shows: number, routers: number, transports: number, producers: number, consumers: number }

/** All audio of this server. */
export interface Media {
  /** The show's audio; opened when it is not there yet. */
  openShow (showId: string): Promise<ShowAudio>
  closeShow (showId: string): Promise<void>
  counts (): Promise<MediaCounts>
  /** Whether there is a worker to put a show on. */
  readonly alive: boolean
  /** Pids of the workers that live. */
  readonly workerPids: number[]
  /** Ends everything; may be called again. */
  close (): void
}

/** Starts the workers. Rejects when they can't run. */
export async function createMedia (options: MediaOptions): Promise<Media> {
  const pool = await WorkerPool.start(options)
  const cap = createBitrateCap(options.maxBitrateBps)
  const shows = new Map<string, Promise<ShowAudio>>()

  pool.on('died', async dead => {
    for (const opening of [...shows.values()]) {
      const audio = await opening.catch(() => undefined)
      audio?.workerDied(dead).catch((error: unknown) => options.logger.error({ err: error, showId: audio.showId }, 'a show\'s audio could not be moved'))
    }
  })

  async function open (showId: string): Promise<ShowAudio> {
    try {
      return await ShowAudio.open(showId, pool, cap, options.listenersPerWorker)
    } catch (error) {
      shows.delete(showId)
      throw error
    }
  }

  return {
    async openShow (showId) {
      const opening = shows.get(showId) ?? open(showId)
      shows.set(showId, opening)
      return await opening
    },
    async closeShow (showId) {
      const opening = shows.get(showId)
      shows.delete(showId)
      const audio = await opening?.catch(() => undefined)
      audio?.close()
    },
    async counts () {
      const counts = { shows: shows.size, routers: 0, transports: 0, producers: 0, consumers: 0 }
      for (const opening of shows.values()) {
        for (const router of (await opening).routers) {
          const dump = await router.dump()
          counts.routers += 1
          counts.transports += dump.transportIds.length
          counts.producers += dump.mapProducerIdConsumerIds.length
          counts.consumers += dump.mapConsumerIdProducerId.length
        }
      }
      return counts
    },
    get alive () { return pool.alive.length > 0 },
    get workerPids () { return pool.alive.map(({ pid }) => pid) },
    close () {
      cap.close()
      pool.close()
      shows.clear()
    }
  }
}
