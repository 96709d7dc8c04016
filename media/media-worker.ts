import { createWorker, type types } from 'mediasoup'
import { mediaCodecs } from './codecs.ts'
import { watchTraffic, type Traffic } from './traffic.ts'

/** Address of a worker's one WebRTC port; port 0 takes a free one. */
export interface WorkerAddress {
  listenIp: string
  announcedAddress?: string
  port: number
}

export interface MediaWorkerOptions extends WorkerAddress {
  /** Maximum of packets per second of one transport. */
  maxPacketsPerSecond: number
}

/** One mediasoup worker process with its WebRtcServer: one port, UDP and TCP, for all its transports. */
export interface MediaWorker {
  /** Its slot in the pool. The replacement of a dead worker takes the same slot. */
  readonly index: number
  readonly pid: number
  readonly worker: types.Worker
  readonly webRtcServer: types.WebRtcServer
  /** Number of participants placed on it. */
  participants: number
  /** Number of consumers it sends to: each is a stream of packets. */
  consumers: number
  /** Traffic of its transports. */
  readonly traffic: Traffic
  /** Creates the router of one show. */
  createRouter(): Promise<types.Router>
  close(): void
}

/** Returns how busy a worker is. Participants count too: those that joined just now have no consumer yet. */
export function workerLoad({ participants, consumers }: MediaWorker): number {
  return participants + consumers
}

/** Starts a worker. Rejects when the binary cannot run or the port is taken. */
export async function startMediaWorker(
  index: number,
  workerBin: string,
  { listenIp, announcedAddress, port, maxPacketsPerSecond }: MediaWorkerOptions
): Promise<MediaWorker> {
  const worker = await keepSignalListeners(async () => await createWorker({ workerBin, logLevel: 'warn' }))
  const listenInfo = { ip: listenIp, port, ...(announcedAddress && { announcedAddress }) }
  try {
    const webRtcServer = await worker.createWebRtcServer({
      listenInfos: [
        { protocol: 'udp', ...listenInfo },
        { protocol: 'tcp', ...listenInfo }
      ]
    })
    return {
      index,
      pid: worker.pid,
      worker,
      webRtcServer,
      participants: 0,
      consumers: 0,
      traffic: watchTraffic(worker, maxPacketsPerSecond),
      createRouter: async () => await worker.createRouter({ mediaCodecs }),
      close: () => worker.close()
    }
  } catch (error) {
    worker.close()
    throw error
  }
}

/**
 * Runs a function and removes the signal listeners that it adds before it waits. mediasoup 3.27.1 closes all workers at
 * the first SIGTERM or SIGINT (versatica/mediasoup#1788), but a show must be heard until its room is drained.
 */
async function keepSignalListeners<T>(start: () => Promise<T>): Promise<T> {
  const signals = ['SIGINT', 'SIGTERM'] as const
  const before = signals.map(signal => new Set(process.listeners(signal)))
  const started = start()
  signals.forEach((signal, index) => {
    for (const listener of process.listeners(signal)) {
      if (before[index]?.has(listener) === false) process.removeListener(signal, listener)
    }
  })
  return await started
}
