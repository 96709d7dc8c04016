import type { FastifyBaseLogger } from 'fastify'
import { CodedError } from '../../../contract/errors.ts'
import { ShowAudio } from '../../../media/show-audio.ts'
import { createCommentFeed } from '../../../realtime/delivery/comment-feed.ts'
import { createCommentIntake } from '../../../realtime/delivery/comment-intake.ts'
import { createGate } from '../../../realtime/sockets/gate.ts'
import { authHandlers } from '../../../realtime/handlers/auth.ts'
import { commentHandlers } from '../../../realtime/handlers/comments.ts'
import { mediaHandlers } from '../../../realtime/handlers/media.ts'
import { playbackHandlers } from '../../../realtime/handlers/playback.ts'
import { peopleHandlers } from '../../../realtime/handlers/people.ts'
import { showHandlers } from '../../../realtime/handlers/show.ts'
import { speakHandlers } from '../../../realtime/handlers/speak.ts'
import type { LiveRoom } from '../../../realtime/rooms/live-room.ts'
import { createLiveRooms, type LiveRooms } from '../../../realtime/rooms/live-rooms.ts'
import { createReactionCounter } from '../../../realtime/delivery/reaction-counter.ts'
import { createShowAudios, type ShowAudios } from '../../../realtime/audio/show-audios.ts'
import { createSocketDelivery } from '../../../realtime/delivery/socket-delivery.ts'
import { creator, limits, showWith } from '../room/people.ts'
import { createFakeComments } from './fake-comments.ts'
import { createFakeMedia, type Delay, type MediaObjects } from './fake-mediasoup.ts'
import { FakeIo, FakeSocket } from './fake-sockets.ts'
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
  const audios = createShowAudios(
    standIn({
      openShow: async () => audio,
      async closeShow() {
        await delay('close audio')
        audio.close()
      }
    }),
    standIn({}),
    logger
  )
  const delivery = createSocketDelivery(io.server)
  const feed = createCommentFeed(delivery)
  const reactions = createReactionCounter(delivery)
  const comments = createFakeComments(delay, logger, nowMs)
  const rooms = createLiveRooms({
    shows: {
      findRecord: async () => ({ ...show, status: 'live' }),
      listLive: async () => [],
      markStatus: async () => await delay('store status'),
      markEnded: async () => await delay('store end'),
      recordAudience: async () => {},
      visitorIds: async () => []
    },
    playlists: { load: async () => ({ version: 0, items: [] }) },
    comments: { async *writtenSince() {} },
    history: { append: async () => await delay('store events'), async *read() {} },
    openAudio: async showId => await audios.open(showId),
    delivery,
    beforeEnd(showId) {
      feed.flush(showId)
      reactions.flush(showId)
      delivery.settle()
    },
    limits,
    logger,
    nowMs
  })
  await rooms.command(show.id, { kind: 'user', userId: creator }, { type: 'show:start' })
  const room = rooms.find(show.id)!

  const intake = createCommentIntake({ comments, feed, limit: plenty, logger, nowMs })
  const gate = createGate({
    commentWaitMs: intake.waitMs,
    handlers: {
      ...authHandlers({
        verifyAccess: async () => {
          throw new CodedError('UNAUTHENTICATED', 'Not here.')
        }
      }),
      ...showHandlers({
        rooms,
        audios,
        delivery,
        refuseClosed: async () => {
          throw new CodedError('SHOW_ENDED', 'The show has ended.')
        },
        requireVisible: async () => await delay('look the show up'),
        async isBlocked() {
          await delay('look for a block')
          return false
        },
        nowMs
      }),
      ...speakHandlers(),
      ...peopleHandlers(),
      ...playbackHandlers(),
      ...commentHandlers({ comments, intake, reactions }),
      ...mediaHandlers({ audios, iceServers: () => [] })
    },
    limits: { messageBytes: 16_384, media: plenty, other: plenty, speakRequests: plenty, reactions: plenty },
    compile: () => () => null,
    logger,
    nowMs
  })

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
      gate(fake.socket)
      fake.on('disconnect', async () => {
        const { membership } = fake.data
        if (membership) {
          await membership.room.command(
            { kind: 'server' },
            { type: 'server:dropped', userId, sessionId: membership.actor.sessionId }
          )
        }
      })
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
      feed.close()
      reactions.close()
      await comments.close()
      await rooms.close()
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
