import { createWorker, type types } from 'mediasoup'
import { mediaCodecs } from './codecs.ts'
import { watchTraffic, type Traffic } from './traffic.ts'

/** Where a worker's one WebRTC port is; port 0 takes a free one. */
export interface WorkerAddress {
  listenIp: string
  announcedAddress?: string
  port: number
}

/** One mediasoup worker process with its WebRtcServer: one port, UDP and TCP, for all its transports. */
export interface MediaWorker {
  /** Its place in the pool, which the next takes when it dies. */
  readonly index: number
  readonly pid: number
  readonly worker: types.Worker
  readonly webRtcServer: types.WebRtcServer
  /** Sessions placed on it. */
  sessions: number
  /** What it sends out: each is a stream of packets. */
  consumers: number
  /** What its transports carry. */
  readonly traffic: Traffic
  /** For one show. */
  createRouter(): Promise<types.Router>
  close(): void
}

/** How busy a worker is. Sessions count as well: those that just came have no consumer yet. */
export function loadOf({ sessions, consumers }: MediaWorker): number {
  return sessions + consumers
}

/** Starts a worker. Rejects when the binary can't run or the port is taken. */
export async function startMediaWorker(
  index: number,
  workerBin: string,
  { listenIp, announcedAddress, port }: WorkerAddress
): Promise<MediaWorker> {
  const worker = await createWorker({ workerBin, logLevel: 'warn' })
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
      sessions: 0,
      consumers: 0,
      traffic: watchTraffic(worker),
      createRouter: async () => await worker.createRouter({ mediaCodecs }),
      close: () => worker.close()
    }
  } catch (error) {
    worker.close()
    throw error
  }
}
