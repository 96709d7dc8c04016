import type { FastifyBaseLogger } from 'fastify'
import { CodedError } from '../../../contract/errors.ts'
import { ShowAudio } from '../../../media/show-audio.ts'
import type { ShowAudios } from '../../../realtime/audio/show-audios.ts'
import { createRealtime } from '../../../realtime/realtime.ts'
import type { LiveRoom } from '../../../realtime/rooms/live-room.ts'
import type { LiveRooms } from '../../../realtime/rooms/live-rooms.ts'
import { creator, limits, showWith } from '../room/people.ts'
import { createFakeComments } from './fake-comments.ts'
import { createFakeMedia, type Delay, type MediaObjects } from './fake-mediasoup.ts'
import { FakeIo, FakeSocket } from './fake-sockets.ts'
import { memoryStore } from './memory-store.ts'
import { standIn } from './stand-in.ts'

/** The whole realtime side of one show: our own code from the gate to the participant, between fake sockets and fake workers. */
export interface ShowUnderTest {
  readonly showId: string
  readonly io: FakeIo
  readonly media: MediaObjects
  readonly rooms: LiveRooms
  readonly room: LiveRoom
  readonly audios: ShowAudios
  readonly comments: ReturnType<typeof createFakeComments>
  /** Every socket there ever was. */
  readonly sockets: FakeSocket[]
  /** What was logged as our own fault, or is one. */
  readonly faults: string[]
  connect(userId: string): FakeSocket
  passTime(ms: number): void
  /** What waits to be told with what may come is told now. */
  flush(): void
  /** A media worker dies; resolves when everybody has been placed anew. */
  loseWorker(): Promise<void>
  close(): Promise<void>
}

const plenty = { count: 10_000, windowMs: 10_000 }

/** A show that was just started. What awaits the media or the store waits for `delay`. */
export async function openShow(delay: Delay): Promise<ShowUnderTest> {
  const show = showWith(3)
  const io = new FakeIo()
  const { pool, cap, objects: media, killWorker } = createFakeMedia(delay)
  const faults: string[] = []
  const logger = faultLogger(faults)
  const sockets: FakeSocket[] = []
  let now = 1_000_000
  const nowMs = () => now

  // No song is played here, so nobody may ask for ticks.
  const audio = await ShowAudio.open({
    showId: show.id,
    pool,
    bitrateCap: cap,
    listenersPerWorker: 500,
    songs: { pacer: standIn({ close() {} }), frameMs: 20 }
  })
  const comments = createFakeComments(delay, logger, nowMs)
  const { rooms, audios, feed, serve, close } = createRealtime({
    io: io.server,
    media: standIn({
      openShow: async () => audio,
      async closeShow() {
        await delay('close audio')
        audio.close()
      }
    }),
    songs: standIn({}),
    store: memoryStore(show, delay),
    comments,
    async verifyAccess() {
      throw new CodedError('UNAUTHENTICATED', 'Not here.')
    },
    assertVisible: async () => await delay('look the show up'),
    async isBlocked() {
      await delay('look for a block')
      return false
    },
    iceServers: () => [],
    compile: () => () => null,
    roomLimits: limits,
    eventLimits: { messageBytes: 16_384, perSocket: { media: plenty, other: plenty }, perPerson: {} },
    commentLimit: plenty,
    logger,
    nowMs
  })
  await rooms.command(show.id, { kind: 'user', userId: creator }, { type: 'show:start' })
  const room = rooms.find(show.id)!

  return {
    showId: show.id,
    io,
    media,
    rooms,
    room,
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
    passTime(ms) {
      now += ms
    },
    flush() {
      feed.flush(show.id)
    },
    async loseWorker() {
      await audio.workerDied(killWorker())
    },
    async close() {
      await comments.close()
      await close()
    }
  }
}

function faultLogger(faults: string[]): FastifyBaseLogger {
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
