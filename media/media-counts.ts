import type { types } from 'mediasoup'
import type { MediaWorker } from './media-worker.ts'

/** Numbers of mediasoup objects, as the worker itself reports them. */
export interface ObjectCounts {
  routers: number
  transports: number
  producers: number
  consumers: number
}

/** The objects of one worker, and the participants that we placed on it. */
export interface WorkerCounts extends ObjectCounts {
  pid: number
  participants: number
}

/** The objects of all workers together, and of each worker. */
export interface MediaCounts extends ObjectCounts {
  shows: number
  workers: WorkerCounts[]
}

/** Load and resource usage of one worker since its start. */
export interface WorkerStats {
  index: number
  participants: number
  consumers: number
  cpuSeconds: number
  /** Peak resident memory. */
  maxMemoryBytes: number
  /** Traffic of its transports, as of their last reading. */
  receivedBytes: number
  sentBytes: number
}

/** Statistics of all audio that are cheap to collect. */
export interface MediaStats {
  producers: number
  workers: WorkerStats[]
}

/** Asks each worker for its resource usage. Leaves out a worker that dies in the meantime. */
export async function collectWorkerStats(aliveWorkers: readonly MediaWorker[]): Promise<WorkerStats[]> {
  return await fulfilledValues(
    aliveWorkers.map(async ({ index, participants, consumers, traffic, worker }) => {
      const { ru_utime: userMs, ru_stime: systemMs, ru_maxrss: maxKib } = await worker.getResourceUsage()
      return {
        index,
        participants,
        consumers,
        cpuSeconds: (userMs + systemMs) / 1000,
        maxMemoryBytes: maxKib * 1024,
        ...traffic.bytes
      }
    })
  )
}

/** Asks the workers for their objects. A worker that dies in the meantime is left out. */
export async function countObjects(
  shows: number,
  aliveWorkers: readonly MediaWorker[],
  routers: readonly types.Router[]
): Promise<MediaCounts> {
  const dumps = await fulfilledValues(routers.map(async router => await router.dump()))
  const workers = await fulfilledValues(
    aliveWorkers.map(async ({ pid, participants, worker }) => {
      const { routerIds } = await worker.dump()
      const ownDumps = dumps.filter(({ id }) => routerIds.includes(id))
      const sum = (count: (dump: types.RouterDump) => number) =>
        ownDumps.reduce((total, dump) => total + count(dump), 0)
      return {
        pid,
        participants,
        routers: routerIds.length,
        transports: sum(({ transportIds }) => transportIds.length),
        producers: sum(({ mapProducerIdConsumerIds }) => mapProducerIdConsumerIds.length),
        consumers: sum(({ mapConsumerIdProducerId }) => mapConsumerIdProducerId.length)
      }
    })
  )
  const total = (key: keyof ObjectCounts) => workers.reduce((sum, counts) => sum + counts[key], 0)
  return {
    shows,
    routers: total('routers'),
    transports: total('transports'),
    producers: total('producers'),
    consumers: total('consumers'),
    workers
  }
}

async function fulfilledValues<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  return (await Promise.allSettled(promises)).flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
}
