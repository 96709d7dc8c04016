import { once } from 'node:events'
import { observer, type types } from 'mediasoup'
import type { Test } from 'tap'
import { createMedia, type Media, type MediaOptions } from '../../media/media.ts'
import type { Participant } from '../../media/participant.ts'
import type { ShowAudio } from '../../media/show-audio.ts'
import { cachedWorkerPath } from '../../media/worker-binary.ts'
import { opusReceiveCapabilities, opusSendParameters, startRtcPeer, type RtcPeer } from './rtc-peer.ts'

/** A mediasoup worker with all that lives on it, seen from behind our code. */
export interface WorkerView {
  readonly worker: types.Worker
  readonly routers: Set<types.Router>
  readonly producers: Map<string, types.Producer>
  /** Every id the worker answers to: routers, transports, producers, consumers, observers. */
  ids(): Promise<string[]>
}

/** The media with real workers, and one show. */
export interface Studio {
  readonly media: Media
  readonly audio: ShowAudio
  /** Every worker that was started, dead ones too. */
  readonly workers: WorkerView[]
}

export const silentLogger = { debug() {}, info() {}, error() {} }

export const mediaOptions = {
  workers: 1,
  workerBin: process.env.MEDIASOUP_WORKER_BIN || cachedWorkerPath(process.env),
  listenIp: '127.0.0.1',
  port: 0,
  listenersPerWorker: 500,
  maxBitrateBps: 192_000,
  songFrameMs: 20,
  logger: silentLogger
} satisfies MediaOptions

/** Opens the media and a show in it; both end with the test. */
export async function openStudio(t: Test, options: Partial<MediaOptions> = {}): Promise<Studio> {
  const workers: WorkerView[] = []
  const view = (worker: types.Worker) => {
    workers.push(viewOf(worker))
  }
  observer.on('newworker', view)
  const media = await createMedia({ ...mediaOptions, ...options })
  t.teardown(() => {
    observer.off('newworker', view)
    media.close()
  })
  return { media, workers, audio: await media.openShow('show') }
}

function viewOf(worker: types.Worker): WorkerView {
  const routers = new Set<types.Router>()
  const producers = new Map<string, types.Producer>()
  worker.observer.on('newrouter', router => {
    routers.add(router)
    router.observer.once('close', () => routers.delete(router))
    router.observer.on('newtransport', transport =>
      transport.observer.on('newproducer', producer => {
        producers.set(producer.id, producer)
        producer.observer.once('close', () => producers.delete(producer.id))
      })
    )
  })
  return {
    worker,
    routers,
    producers,
    async ids() {
      const { channelMessageHandlers } = await worker.dump()
      return [...channelMessageHandlers.channelRequestHandlers].sort()
    }
  }
}

let lastSsrc = 1000

/** A session with a connected send transport. */
export interface Speaker {
  readonly participant: Participant
  readonly transportId: string
  readonly peer: RtcPeer
  readonly ssrc: number
  /** Produces and is admitted. */
  speak(muted?: boolean): Promise<string>
  /** Sends packets of about a voice's size and pace until `hush`. */
  talk(payloadBytes?: number): void
  hush(): void
}

export async function openSpeaker(
  audio: ShowAudio,
  name: string,
  options: { levelDb?: number } = {}
): Promise<Speaker> {
  const participant = await audio.join({ presenceId: `session of ${name}`, userId: name })
  const transport = await participant.createTransport('send')
  const ssrc = ++lastSsrc
  const peer = await startRtcPeer({ direction: 'send', transport: plain(transport), ssrc, ...options })
  await participant.connectTransport(transport.id, peer.dtlsParameters)
  await peer.connected()
  let timer: NodeJS.Timeout | undefined
  return {
    participant,
    transportId: transport.id,
    peer,
    ssrc,
    async speak(muted = false) {
      const producerId = await participant.produce({
        transportId: transport.id,
        rtpParameters: opusSendParameters(ssrc)
      })
      await participant.admitProducer(producerId, muted)
      return producerId
    },
    talk(payloadBytes = 80) {
      clearInterval(timer)
      timer = setInterval(() => peer.send(payloadBytes), 20).unref()
    },
    hush: () => clearInterval(timer)
  }
}

/** A session with a connected receive transport. */
export interface Listener {
  readonly participant: Participant
  readonly peer: RtcPeer
  /** Consumes and resumes. Answers the consumer's id. */
  hear(producerId: string): Promise<string>
  /** Packets of a producer so far. */
  heard(producerId: string): number
  /** Marks of a producer's packets so far. */
  marks(producerId: string): number[]
}

export async function openListener(audio: ShowAudio, name: string): Promise<Listener> {
  const participant = await audio.join({ presenceId: `session of ${name}`, userId: name })
  const transport = await participant.createTransport('recv')
  const peer = await startRtcPeer({ direction: 'recv', transport: plain(transport) })
  await participant.connectTransport(transport.id, peer.dtlsParameters)
  const ssrcs = new Map<string, number>()
  const ssrcOf = (producerId: string) => ssrcs.get(producerId) ?? -1
  return {
    participant,
    peer,
    async hear(producerId) {
      const { id, rtpParameters } = await participant.consume({ producerId, rtpCapabilities: opusReceiveCapabilities })
      ssrcs.set(producerId, rtpParameters.encodings![0]!.ssrc!)
      await peer.connected()
      await participant.resumeConsumer(id)
      return id
    },
    heard: producerId => peer.received.get(ssrcOf(producerId)) ?? 0,
    marks: producerId => [...(peer.marks.get(ssrcOf(producerId)) ?? [])]
  }
}

/** mediasoup's transport in the shape our wire has. */
function plain({ iceParameters, iceCandidates, dtlsParameters }: Awaited<ReturnType<Participant['createTransport']>>) {
  return { iceParameters, iceCandidates, dtlsParameters }
}

/** Waits until something holds. The runner's own limit ends a wait that never does. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise(resolve => setTimeout(resolve, 5))
}

/** The code something is refused with; what it resolved with when it was not. */
export async function refusal(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    value => ({ succeeded: value }),
    (error: { code?: string }) => error.code ?? error
  )
}

/** The next time the show says this. */
export async function next(
  audio: ShowAudio,
  event: 'speaking' | 'producerLost' | 'overBitrate' | 'reset'
): Promise<unknown[]> {
  return await once(audio, event)
}
