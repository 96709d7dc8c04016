import { once } from 'node:events'
import { observer, type types } from 'mediasoup'
import type { Test } from 'tap'
import { createMedia, type Media, type MediaOptions } from '../../media/media.ts'
import type { Participant } from '../../media/participant.ts'
import type { ShowSong, SongOrder } from '../../media/player/show-song.ts'
import type { ShowAudio } from '../../media/show-audio.ts'
import { cachedWorkerPath } from '../../media/worker-binary.ts'
import {
  opusReceiveCapabilities,
  opusSendParameters,
  startRtcPeer,
  type RtcPeer,
  type RtcPeerOptions,
  type ServerTransport
} from './rtc-peer.ts'

/** A mediasoup worker and the objects on it, observed without our code. */
export interface ObservedWorker {
  readonly worker: types.Worker
  readonly routers: Set<types.Router>
  readonly producers: Map<string, types.Producer>
  /** Returns every id the worker knows: routers, transports, producers, consumers, observers. */
  ids(): Promise<string[]>
}

/** The media with real workers, and one open show. */
export interface TestMedia {
  readonly media: Media
  readonly audio: ShowAudio
  /** Every worker that was started, dead ones too. */
  readonly workers: ObservedWorker[]
}

export const silentLogger = { debug() {}, info() {}, error() {} }

export const mediaOptions = {
  workers: 1,
  workerBin: process.env.MEDIASOUP_WORKER_BIN || cachedWorkerPath(process.env),
  listenIp: '127.0.0.1',
  port: 0,
  listenersPerWorker: 500,
  maxBitrateBps: 192_000,
  maxPacketsPerSecond: 500,
  songFrameMs: 20,
  voiceFrameMs: 20,
  linkPorts: { min: 41_000, max: 48_999 },
  logger: silentLogger
} satisfies MediaOptions

/** Starts the media and opens a show; both close at the end of the test. */
export async function openTestMedia(t: Test, options: Partial<MediaOptions> = {}): Promise<TestMedia> {
  const workers: ObservedWorker[] = []
  const addWorker = (worker: types.Worker) => {
    workers.push(observeWorker(worker))
  }
  observer.on('newworker', addWorker)
  const media = await createMedia({ ...mediaOptions, ...options })
  t.teardown(() => {
    observer.off('newworker', addWorker)
    media.close()
  })
  return { media, workers, audio: await media.openShow('show') }
}

function observeWorker(worker: types.Worker): ObservedWorker {
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

/** A participant with a connected send transport. */
export interface Speaker {
  readonly participant: Participant
  readonly transportId: string
  readonly peer: RtcPeer
  readonly ssrc: number
  /** Creates a producer and admits it. */
  produce(muted?: boolean): Promise<string>
  /** Sends packets of about the size and pace of speech until `stopTalking`. */
  startTalking(payloadBytes?: number, packetMs?: number): void
  stopTalking(): void
}

export async function openSpeaker(
  audio: ShowAudio,
  userId: string,
  options: Pick<RtcPeerOptions, 'levelDb' | 'hasVoiceBit' | 'isPassive'> = {}
): Promise<Speaker> {
  const participant = await audio.join({ presenceId: presenceOf(userId), userId })
  const transport = await participant.createTransport('send')
  const ssrc = ++lastSsrc
  const peer = await startRtcPeer({ direction: 'send', transport: serverTransport(transport), ssrc, ...options })
  await participant.connectTransport(transport.id, peer.dtlsParameters)
  await peer.connected()
  let timer: NodeJS.Timeout | undefined
  return {
    participant,
    transportId: transport.id,
    peer,
    ssrc,
    async produce(muted = false) {
      const producerId = await participant.produce({
        transportId: transport.id,
        rtpParameters: opusSendParameters(ssrc)
      })
      await participant.admitProducer(producerId, muted)
      return producerId
    },
    startTalking(payloadBytes = 80, packetMs = 20) {
      clearInterval(timer)
      timer = setInterval(() => peer.send(payloadBytes), packetMs).unref()
    },
    stopTalking: () => clearInterval(timer)
  }
}

/** A participant with a connected receive transport. */
export interface Listener {
  readonly participant: Participant
  readonly peer: RtcPeer
  /** Consumes a producer and resumes the consumer. Returns the consumer's id. */
  consume(producerId: string, options?: { joinPackets?: boolean }): Promise<string>
  /** Returns the number of packets received of a producer so far. */
  packetCount(producerId: string): number
  /** Returns the marks of the packets received of a producer so far. */
  marks(producerId: string): number[]
}

export async function openListener(audio: ShowAudio, userId: string): Promise<Listener> {
  const participant = await audio.join({ presenceId: presenceOf(userId), userId })
  const transport = await participant.createTransport('recv')
  const peer = await startRtcPeer({ direction: 'recv', transport: serverTransport(transport) })
  await participant.connectTransport(transport.id, peer.dtlsParameters)
  const ssrcs = new Map<string, number>()
  const ssrcOf = (producerId: string) => ssrcs.get(producerId) ?? -1
  return {
    participant,
    peer,
    async consume(producerId, options) {
      const order = { producerId, rtpCapabilities: opusReceiveCapabilities, ...options }
      const { id, rtpParameters } = await participant.consume(order)
      ssrcs.set(producerId, rtpParameters.encodings![0]!.ssrc!)
      await peer.connected()
      await participant.resumeConsumer(id)
      return id
    },
    packetCount: producerId => peer.received.get(ssrcOf(producerId)) ?? 0,
    marks: producerId => [...(peer.marks.get(ssrcOf(producerId)) ?? [])]
  }
}

/** Returns the presence id of a speaker or listener. */
export function presenceOf(userId: string): string {
  return `presence of ${userId}`
}

/** Converts our answer to the shape that peers take. */
function serverTransport({
  iceParameters,
  iceCandidates,
  dtlsParameters
}: Awaited<ReturnType<Participant['createTransport']>>): ServerTransport {
  return { iceParameters, iceCandidates, dtlsParameters }
}

/** Waits until a condition is true. The runner's timeout ends a wait that is never over. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise(resolve => setTimeout(resolve, 5))
}

/** Returns the code a promise rejects with; an object with the value when it resolves. */
export async function rejectionCode(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    value => ({ resolved: value }),
    (error: { code?: string }) => error.code ?? error
  )
}

/** Waits for the next event of this name; returns its arguments. */
export async function nextEvent(
  audio: ShowAudio,
  event: 'speaking' | 'producerLost' | 'overBitrate' | 'transportFailed' | 'reset'
): Promise<unknown[]> {
  return await once(audio, event)
}

/** Opens and plays a song. Returns the id of its producer. */
export async function playSong(song: ShowSong, order: SongOrder): Promise<string | null> {
  return await song.play(await song.open(order), order)
}
