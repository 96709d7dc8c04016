import { EventEmitter } from 'node:events'
import { createBitrateCap, type SendLimits } from './bitrate-cap.ts'
import { collectWorkerStats, countObjects, type MediaCounts, type MediaStats } from './media-counts.ts'
import { logMediasoup } from './media-logger.ts'
import type { LinkAddress } from './link-transport.ts'
import { createPacer } from './player/pacer.ts'
import { ShowAudio } from './show-audio.ts'
import type { ListenerReport } from './traffic.ts'
import { WorkerPool, type WorkerPoolOptions } from './worker-pool.ts'

export interface MediaOptions extends WorkerPoolOptions, SendLimits {
  /** A show extends to a further worker when one worker has this many participants. */
  listenersPerWorker: number
  /** Shorter packets of a song are joined to this length: longer ones cost less for each listener. */
  songFrameMs: number
  /** Shorter packets of voices are joined to this length for those who only listen. */
  voiceFrameMs: number
  /** Address at which other nodes reach this node's links; unset: `announcedAddress`, or else `listenIp`. */
  linkAddress?: string
  /** UDP ports of links to other nodes. Each link takes one. */
  linkPorts: { readonly min: number; readonly max: number }
}

export interface MediaEvents {
  /** A worker died; the pool is replacing it. */
  workerDied: []
  /** A show's audio emitted this event: see `ShowAudioEvents`. */
  firstPacket: [waitedMs: number]
  firstPacketTimeout: []
}

/** All audio of this server. */
export interface Media {
  readonly events: EventEmitter<MediaEvents>
  /** Returns the show's audio; opens it when it does not exist yet. */
  openShow(showId: string): Promise<ShowAudio>
  closeShow(showId: string): Promise<void>
  /** Asks every router for its objects, for tests and for leak detection. */
  counts(): Promise<MediaCounts>
  /** Collects the statistics that do not need a question to every router. */
  stats(): Promise<MediaStats>
  /**
   * Reads the next transports in turn, this many on each worker, and returns the reports of some listeners' receivers.
   * Never rejects.
   */
  readTraffic(transportsPerWorker: number): Promise<ListenerReport[]>
  /** Whether a worker is alive that can take a show. */
  readonly hasWorker: boolean
  /** Pids of the live workers. */
  readonly workerPids: number[]
  /** Closes everything; may be called twice. */
  close(): void
}

/** Starts the workers. Rejects when they cannot run. */
export async function createMedia(options: MediaOptions): Promise<Media> {
  const { logger, listenersPerWorker, songFrameMs, voiceFrameMs } = options
  logMediasoup(logger)
  const pool = await WorkerPool.start(options)
  const bitrateCap = createBitrateCap(options)
  const pacer = createPacer()
  const events = new EventEmitter<MediaEvents>()
  const shows = new Map<string, Promise<ShowAudio>>()

  // mediasoup closes the routers of a dead worker before it reports the death. Each show knows its own participants
  // there.
  pool.on('died', deadWorker => {
    events.emit('workerDied')
    for (const [showId, opening] of shows) {
      opening
        .then(async audio => await audio.workerDied(deadWorker))
        .catch((error: unknown) => logger.error({ err: error, showId }, 'moving show audio to another worker failed'))
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
    const songs = { pacer, frameMs: songFrameMs }
    const linkAddress = linkAddressOf(options)
    const limits = { listenersPerWorker, bitrateCap, voiceFrameMs }
    const audio = await ShowAudio.open({ showId, pool, songs, linkAddress, ...limits })
    audio.on('firstPacket', waitedMs => events.emit('firstPacket', waitedMs))
    audio.on('firstPacketTimeout', () => events.emit('firstPacketTimeout'))
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
      return await countObjects(shows.size, pool.aliveWorkers, routers)
    },
    async stats() {
      const producers = (await openShows()).reduce((sum, { producerCount }) => sum + producerCount, 0)
      return { producers, workers: await collectWorkerStats(pool.aliveWorkers) }
    },
    async readTraffic(transportsPerWorker) {
      const readings = pool.aliveWorkers.map(async ({ traffic }) => await traffic.readNext(transportsPerWorker))
      return (await Promise.all(readings)).flat()
    },
    get hasWorker() {
      return pool.aliveWorkers.length > 0
    },
    get workerPids() {
      return pool.aliveWorkers.map(({ pid }) => pid)
    },
    close() {
      for (const opening of shows.values()) {
        opening.then(
          audio => audio.close(),
          () => {}
        )
      }
      shows.clear()
      bitrateCap.close()
      pacer.close()
      pool.close()
    }
  }
}

function linkAddressOf({ listenIp, announcedAddress, linkAddress, linkPorts }: MediaOptions): LinkAddress {
  const announced = linkAddress ?? announcedAddress
  return {
    protocol: 'udp',
    ip: listenIp,
    portRange: { ...linkPorts },
    ...(announced !== undefined && { announcedAddress: announced })
  }
}
