import { EventEmitter } from 'node:events'
import { createBitrateCap } from './bitrate-cap.ts'
import { countObjects, figuresOf, type MediaCounts, type MediaFigures } from './media-counts.ts'
import { logMediasoup } from './media-logger.ts'
import { createPacer } from './player/pacer.ts'
import { ShowAudio } from './show-audio.ts'
import type { ListenerReport } from './traffic.ts'
import { WorkerPool, type WorkerPoolOptions } from './worker-pool.ts'

export interface MediaOptions extends WorkerPoolOptions {
  /** A show goes on to a further worker when one has so many sessions. */
  listenersPerWorker: number
  /** What one producer may send, measured over two seconds. */
  maxBitrateBps: number
  /** A song's packets last this long where its own are shorter: longer ones cost less for each listener. */
  songFrameMs: number
}

export interface MediaEvents {
  /** A worker died; it is being replaced. */
  workerDied: []
  /** As of a show's audio. */
  heard: [waitedMs: number]
  silence: []
}

/** All audio of this server. */
export interface Media {
  readonly events: EventEmitter<MediaEvents>
  /** The show's audio; opened when it is not there yet. */
  openShow(showId: string): Promise<ShowAudio>
  closeShow(showId: string): Promise<void>
  /** Asks every router what it holds: for tests, and for whoever looks for leaks. */
  counts(): Promise<MediaCounts>
  /** What is known without that, and what the workers used. */
  figures(): Promise<MediaFigures>
  /** Reads the next transports in turn, so many on each worker; what the receivers of some listeners there reported. Never rejects. */
  readTraffic(transports: number): Promise<ListenerReport[]>
  /** Whether there is a worker to put a show on. */
  readonly alive: boolean
  /** Pids of the workers that live. */
  readonly workerPids: number[]
  /** Ends everything; may be called again. */
  close(): void
}

/** Starts the workers. Rejects when they can't run. */
export async function createMedia(options: MediaOptions): Promise<Media> {
  const { logger, listenersPerWorker, maxBitrateBps, songFrameMs } = options
  logMediasoup(logger)
  const pool = await WorkerPool.start(options)
  const cap = createBitrateCap(maxBitrateBps)
  const pacer = createPacer()
  const events = new EventEmitter<MediaEvents>()
  /** mediasoup has closed a dead worker's routers before it says so: who was on it is known here only. */
  const shows = new Map<string, Promise<ShowAudio>>()

  pool.on('died', dead => {
    events.emit('workerDied')
    for (const [showId, opening] of shows) {
      opening
        .then(async audio => await audio.workerDied(dead))
        .catch((error: unknown) => logger.error({ err: error, showId }, "a show's audio could not be moved"))
    }
  })

  function open(showId: string): Promise<ShowAudio> {
    const opening = openAudio(showId).catch((error: unknown) => {
      if (shows.get(showId) === opening) shows.delete(showId)
      throw error
    })
    shows.set(showId, opening)
    return opening
  }

  async function openAudio(showId: string): Promise<ShowAudio> {
    const audio = await ShowAudio.open(showId, pool, cap, listenersPerWorker, { pacer, frameMs: songFrameMs })
    audio.on('heard', waitedMs => events.emit('heard', waitedMs))
    audio.on('silence', () => events.emit('silence'))
    return audio
  }

  async function openShows(): Promise<ShowAudio[]> {
    const openings = await Promise.allSettled(shows.values())
    return openings.flatMap(opening => (opening.status === 'fulfilled' ? [opening.value] : []))
  }

  return {
    events,
    openShow: async showId => await (shows.get(showId) ?? open(showId)),
    async closeShow(showId) {
      const opening = shows.get(showId)
      shows.delete(showId)
      const audio = await opening?.catch(() => undefined)
      audio?.close()
    },
    async counts() {
      const routers = (await openShows()).flatMap(audio => audio.routers)
      return await countObjects(shows.size, pool.alive, routers)
    },
    async figures() {
      const producers = (await openShows()).reduce((sum, { voiceCount }) => sum + voiceCount, 0)
      return { producers, workers: await figuresOf(pool.alive) }
    },
    readTraffic: async transports =>
      (await Promise.all(pool.alive.map(async ({ traffic }) => await traffic.readNext(transports)))).flat(),
    get alive() {
      return pool.alive.length > 0
    },
    get workerPids() {
      return pool.alive.map(({ pid }) => pid)
    },
    close() {
      for (const opening of shows.values()) {
        opening.then(
          audio => audio.close(),
          () => {}
        )
      }
      shows.clear()
      cap.close()
      pacer.close()
      pool.close()
    }
  }
}
