import type { FastifyBaseLogger } from 'fastify'
import { CodedError } from '../../../contract/errors.ts'
import { ShowAudio } from '../../../media/show-audio.ts'
import type { ShowAudios } from '../../../realtime/audio/show-audios.ts'
import type { Bus } from '../../../realtime/cluster/bus.ts'
import { createLinkSeal } from '../../../realtime/cluster/link-seal.ts'
import { createMemoryCluster } from '../../../realtime/cluster/memory-bus.ts'
import type { NodeRooms } from '../../../realtime/cluster/node-rooms.ts'
import { createPeers } from '../../../realtime/cluster/create-peers.ts'
import { createRealtime } from '../../../realtime/realtime.ts'
import type { LiveRoom } from '../../../realtime/rooms/live-room.ts'
import type { LiveRooms } from '../../../realtime/rooms/live-rooms.ts'
import type { RoomStore } from '../../../realtime/rooms/room-store.ts'
import type { EventLimits } from '../../../realtime/sockets/event-limits.ts'
import { creator, limits, showWith } from '../room/people.ts'
import { createFakeComments } from './fake-comments.ts'
import { createFakeMedia, type Delay, type MediaObjects } from './fake-mediasoup.ts'
import { FakeIo, FakeSocket } from './fake-sockets.ts'
import { createMemoryStore } from './memory-store.ts'
import { standIn } from './stand-in.ts'

/** The real code of `realtime/`, from the gate to the participant, between fake sockets and fake media workers. */
export interface RealtimeUnderTest {
  readonly io: FakeIo
  readonly media: MediaObjects
  readonly rooms: LiveRooms
  readonly nodeRooms: NodeRooms
  readonly audios: ShowAudios
  readonly comments: ReturnType<typeof createFakeComments>
  /** Every socket that was ever connected. */
  readonly sockets: FakeSocket[]
  /** Errors that were logged, and other errors of the code under test. */
  readonly faults: string[]
  connect(userId: string): FakeSocket
  advanceClock(ms: number): void
  /** Sends the batches of comments that wait for their interval. */
  flushComments(): void
  /** Kills the media worker. Resolves when all participants are on another one. */
  killWorker(): Promise<void>
  close(): Promise<void>
}

/** A live show under test. */
export interface ShowUnderTest extends RealtimeUnderTest {
  readonly showId: string
  readonly room: LiveRoom
}

/** The node of the cluster that is tested. */
export interface NodeUnderTest {
  readonly bus: Bus
  readonly isShared: boolean
}

function singleNode(): Bus {
  return createMemoryCluster().join({ nodeId: 'node', address: '127.0.0.1', isDraining: false, load: 0 })
}

const unlimited = { count: 10_000, windowMs: 10_000 }
const noEventLimits: EventLimits = {
  messageBytes: 16_384,
  perSocket: { media: unlimited, other: unlimited },
  perPerson: {}
}

/** Creates the realtime part of a server with this store. Operations of the media and the comments wait for `delay`. */
export function createRealtimeUnderTest(
  store: RoomStore,
  delay: Delay = async () => {},
  eventLimits: EventLimits = noEventLimits,
  { bus, isShared }: NodeUnderTest = { bus: singleNode(), isShared: false }
): RealtimeUnderTest {
  const io = new FakeIo()
  const { pool, cap, objects: media, killWorker } = createFakeMedia(delay)
  const faults: string[] = []
  const logger = createFaultLogger(faults)
  const sockets: FakeSocket[] = []
  const openAudios = new Map<string, ShowAudio>()
  const openedIds = new Set<string>()
  let now = 1_000_000
  const nowMs = () => now

  const comments = createFakeComments(delay, logger, nowMs)
  const peers = createPeers({ bus, compile: () => () => null, logger, monotonicMs: () => performance.now() })
  const { rooms, nodeRooms, audios, feed, serve, close } = createRealtime({
    io: io.server,
    bus,
    peers,
    isShared,
    linkSeal: createLinkSeal([{ kid: 'test', secret: 'k'.repeat(32) }], () => () => null),
    media: standIn({
      async openShow(showId: string) {
        // No song is played, so the pacer is never used.
        const audio = await ShowAudio.open({
          showId,
          pool,
          bitrateCap: cap,
          listenersPerWorker: 500,
          voiceFrameMs: 20,
          songs: { pacer: standIn({ close() {} }), frameMs: 20 },
          linkAddress: { protocol: 'udp', ip: '127.0.0.1' }
        })
        openAudios.set(showId, audio)
        openedIds.add(showId)
        return audio
      },
      async closeShow(showId: string) {
        await delay('close audio')
        openAudios.get(showId)?.close()
        openAudios.delete(showId)
      }
    }),
    songs: standIn({}),
    stintFiles: standIn({}),
    store,
    comments,
    audience: { comments, votes: standIn({}), findRequestable: async () => undefined },
    programs: {
      isStreamable: async () => true,
      rightsOf: async () => new Map(),
      limits: { shows: 0, listenersPerShow: 0, listenersPerAddress: 0 }
    },
    async verifyAccess() {
      throw new CodedError('UNAUTHENTICATED', 'Not in this test.')
    },
    assertVisible: async () => await delay('check visibility'),
    async assertOwnsSong() {},
    async isInvitedBackstage(showId, userId) {
      const show = await store.shows.findRecord(showId)
      const isGuest = show?.backstage?.guests.some(guest => guest.userId === userId) === true
      return show?.status === 'scheduled' && (show.creator.id === userId || isGuest)
    },
    async isBlocked() {
      await delay('find a block')
      return false
    },
    iceServers: () => [],
    compile: () => () => null,
    roomLimits: limits,
    eventLimits,
    commentChecks: { unlistedAmong: async () => [], limit: unlimited },
    logger,
    nowMs
  })

  return {
    io,
    media,
    rooms,
    nodeRooms,
    audios,
    comments,
    sockets,
    faults,
    connect(userId) {
      const fake = new FakeSocket(io, `socket-${sockets.length + 1}`, userId)
      sockets.push(fake)
      serve(fake.socket)
      return fake
    },
    advanceClock(ms) {
      now += ms
    },
    flushComments() {
      for (const showId of openedIds) feed.flush(showId)
    },
    async killWorker() {
      const worker = killWorker()
      await Promise.all([...openAudios.values()].map(async audio => await audio.workerDied(worker)))
    },
    async close() {
      await comments.close()
      await close()
      await bus.close()
    }
  }
}

/** Starts a show. Operations of the media and the store wait for `delay`. */
export async function startShow(delay: Delay, eventLimits?: EventLimits): Promise<ShowUnderTest> {
  const show = showWith(3)
  const realtime = createRealtimeUnderTest(createMemoryStore([show], delay), delay, eventLimits)
  await realtime.rooms.command(show.id, { kind: 'user', userId: creator }, { type: 'show:start' })
  return { ...realtime, showId: show.id, room: realtime.rooms.find(show.id)! }
}

function createFaultLogger(faults: string[]): FastifyBaseLogger {
  const silent = () => {}
  const logger: FastifyBaseLogger = standIn({
    child: () => logger,
    debug: silent,
    info: silent,
    warn: silent,
    error: ({ err }: { err?: Error }, message: string) => {
      faults.push(`${message}: ${err?.stack ?? ''}`)
    }
  })
  return logger
}
