import { createBitrateCap } from './bitrate-cap.ts'
import { countObjects, type MediaCounts } from './media-counts.ts'
import { logMediasoup } from './media-logger.ts'
import { createPacer } from './player/pacer.ts'
import { ShowAudio } from './show-audio.ts'
import { WorkerPool, type WorkerPoolOptions } from './worker-pool.ts'

export interface MediaOptions extends WorkerPoolOptions {
  /** A show goes on to a further worker when one has so many sessions. */
  listenersPerWorker: number
  /** What one producer may send, measured over two seconds. */
  maxBitrateBps: number
  /** A song's packets last this long where its own are shorter: longer ones cost less for each listener. */
  songFrameMs: number
}

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
  const { logger, listenersPerWorker, maxBitrateBps, songFrameMs } = options
  logMediasoup(logger)
  const pool = await WorkerPool.start(options)
  const cap = createBitrateCap(maxBitrateBps)
  const pacer = createPacer()
  /** mediasoup has closed a dead worker's routers before it says so: who was on it is known here only. */
  const shows = new Map<string, Promise<ShowAudio>>()

  pool.on('died', dead => {
    for (const [showId, opening] of shows) {
      opening.then(async audio => await audio.workerDied(dead))
        .catch((error: unknown) => logger.error({ err: error, showId }, 'a show\'s audio could not be moved'))
    }
  })

  function open (showId: string): Promise<ShowAudio> {
    const opening = ShowAudio.open(showId, pool, cap, listenersPerWorker, { pacer, frameMs: songFrameMs }).catch((error: unknown) => {
      if (shows.get(showId) === opening) shows.delete(showId)
      throw error
    })
    shows.set(showId, opening)
    return opening
  }

  async function openShows (): Promise<ShowAudio[]> {
    const openings = await Promise.allSettled(shows.values())
    return openings.flatMap(opening => opening.status === 'fulfilled' ? [opening.value] : [])
  }

  return {
    openShow: async showId => await (shows.get(showId) ?? open(showId)),
    async closeShow (showId) {
      const opening = shows.get(showId)
      shows.delete(showId)
      const audio = await opening?.catch(() => undefined)
      audio?.close()
    },
    async counts () {
      const routers = (await openShows()).flatMap(audio => audio.routers)
      return await countObjects(shows.size, pool.alive, routers)
    },
    get alive () { return pool.alive.length > 0 },
    get workerPids () { return pool.alive.map(({ pid }) => pid) },
    close () {
      for (const opening of shows.values()) opening.then(audio => audio.close(), () => {})
      shows.clear()
      cap.close()
      pacer.close()
      pool.close()
    }
  }
}
