import type { types } from 'mediasoup'
import type { MediaWorker } from './media-worker.ts'

/** How many objects there are, as a worker says itself. */
export interface ObjectCounts {
  routers: number
  transports: number
  producers: number
  consumers: number
}

/** One worker's objects, and what we think is placed on it. */
export interface WorkerCounts extends ObjectCounts {
  pid: number
  sessions: number
}

/** All workers' objects together, and each worker's. */
export interface MediaCounts extends ObjectCounts {
  shows: number
  workers: WorkerCounts[]
}

/** One worker now; what it used is counted from its own start. */
export interface WorkerFigures {
  index: number
  sessions: number
  consumers: number
  cpuSeconds: number
  /** The most it ever had in memory. */
  memoryBytes: number
  /** As far as its transports were read. */
  receivedBytes: number
  sentBytes: number
}

/** What is cheap to know of all audio. */
export interface MediaFigures {
  producers: number
  workers: WorkerFigures[]
}

/** Asks each worker what it used. One that dies meanwhile is left out. */
export async function figuresOf(alive: readonly MediaWorker[]): Promise<WorkerFigures[]> {
  return await settled(
    alive.map(async ({ index, sessions, consumers, traffic, worker }) => {
      const { ru_utime: userMs, ru_stime: systemMs, ru_maxrss: mostKib } = await worker.getResourceUsage()
      return {
        index,
        sessions,
        consumers,
        cpuSeconds: (userMs + systemMs) / 1000,
        memoryBytes: mostKib * 1024,
        ...traffic.bytes
      }
    })
  )
}

/** Asks the workers. One that dies meanwhile holds nothing. */
export async function countObjects(
  shows: number,
  alive: readonly MediaWorker[],
  routers: readonly types.Router[]
): Promise<MediaCounts> {
  const dumps = await settled(routers.map(async router => await router.dump()))
  const workers = await settled(
    alive.map(async ({ pid, sessions, worker }) => {
      const { routerIds } = await worker.dump()
      const mine = dumps.filter(({ id }) => routerIds.includes(id))
      const sum = (of: (dump: types.RouterDump) => number) => mine.reduce((total, dump) => total + of(dump), 0)
      return {
        pid,
        sessions,
        routers: routerIds.length,
        transports: sum(({ transportIds }) => transportIds.length),
        producers: sum(({ mapProducerIdConsumerIds }) => mapProducerIdConsumerIds.length),
        consumers: sum(({ mapConsumerIdProducerId }) => mapConsumerIdProducerId.length)
      }
    })
  )
  const total = (of: keyof ObjectCounts) => workers.reduce((sum, counts) => sum + counts[of], 0)
  return {
    shows,
    routers: total('routers'),
    transports: total('transports'),
    producers: total('producers'),
    consumers: total('consumers'),
    workers
  }
}

async function settled<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  return (await Promise.allSettled(promises)).flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
}
