import fp from 'fastify-plugin'
import { Server } from 'socket.io'
import { CodedError } from '../contract/errors.ts'
import { iceServersFor } from '../media/ice-servers.ts'
import { expire, watchExpiry } from './sockets/expiry.ts'
import { createCommentFeed } from './delivery/comment-feed.ts'
import { createCommentIntake } from './delivery/comment-intake.ts'
import { wireOf } from './delivery/chunked-broadcast.ts'
import { createGate } from './sockets/gate.ts'
import { authHandlers } from './handlers/auth.ts'
import { commentHandlers } from './handlers/comments.ts'
import { mediaHandlers } from './handlers/media.ts'
import { playbackHandlers } from './handlers/playback.ts'
import { peopleHandlers } from './handlers/people.ts'
import { showHandlers } from './handlers/show.ts'
import { speakHandlers } from './handlers/speak.ts'
import { guardHandshake } from './sockets/handshake.ts'
import { createLiveRooms } from './rooms/live-rooms.ts'
import { createReactionCounter } from './delivery/reaction-counter.ts'
import { closeUnlessItReads } from './sockets/slow-consumer.ts'
import { rename, type AmbientServer, type AmbientSocket } from './sockets/socket-data.ts'
import { sendAway } from './sockets/drain.ts'
import { leaversOf, sayGoodbye } from './sockets/disconnect.ts'
import { createShowAudios } from './audio/show-audios.ts'
import { createSocketDelivery } from './delivery/socket-delivery.ts'

/** Over this a socket is closed; between our own limit and this we can still answer. */
const closingBytes = 64 * 1024
const tenSecondsMs = 10_000
const minuteMs = 60_000
/** Together the longest a lost connection goes unnoticed, on both sides. */
const pingIntervalMs = 10_000
const pingTimeoutMs = 10_000
/** Who has not shown a token by then is disconnected. */
const handshakeMs = 10_000

/** Live shows over Socket.io, on the server's own port. */
export default fp(
  async app => {
    const { config, media, songs, shows, users, tokens, comments, metrics, tracing } = app
    const nowMs = () => Date.now()
    let isClosing = false
    const logger = app.log.child({ part: 'realtime' })
    const io: AmbientServer = new Server(app.server, {
      transports: ['websocket'],
      serveClient: false,
      maxHttpBufferSize: closingBytes,
      perMessageDeflate: false,
      pingInterval: pingIntervalMs,
      pingTimeout: pingTimeoutMs,
      connectTimeout: handshakeMs,
      cors: { origin: config.CORS_ORIGINS }
    })

    const delivery = createSocketDelivery(io)
    const feed = createCommentFeed(delivery)
    const reactions = createReactionCounter(delivery)
    const traced = tracing.isOn ? { span: tracing.span } : {}
    const audios = createShowAudios(media, songs, logger, traced.span)
    const rooms = createLiveRooms({
      shows,
      playlists: app.playlists,
      comments: app.comments,
      history: app.showEvents,
      openAudio: async showId => await audios.open(showId),
      delivery,
      beforeEnd(showId) {
        feed.flush(showId)
        reactions.flush(showId)
        delivery.settle()
      },
      limits: {
        creatorGraceMs: config.CREATOR_GRACE_MS,
        speakerGraceMs: config.SPEAKER_GRACE_MS,
        queueSize: config.LIMIT_QUEUE
      },
      logger,
      nowMs,
      ...traced
    })

    async function refuseClosed(showId: string): Promise<never> {
      const show = await shows.findRecord(showId)
      if (!show) throw new CodedError('NOT_FOUND', 'There is no such show.')
      if (show.status === 'ended') throw new CodedError('SHOW_ENDED', 'The show has ended.')
      throw new CodedError('SHOW_NOT_LIVE', 'The show is not live yet.')
    }

    metrics.realtime.bind(() => ({ sockets: io.engine.clientsCount, ...rooms.figures() }))

    io.engine.on('connection', (connection: AmbientSocket['conn']) => {
      closeUnlessItReads(connection, () => {
        logger.warn('a connection that does not read is closed')
        metrics.realtime.closed('not_reading')
      })
    })

    guardHandshake(io, {
      verifyAccess: async token => await tokens.verifyAccess(token),
      findPerson: async userId => await users.findPerson(userId),
      isDraining: () => isClosing || app.readiness.isDraining(),
      takesGuests: config.AUTH_GUESTS,
      socketsPerPerson: config.LIMIT_SOCKETS_PER_PERSON,
      onKnock: metrics.realtime.handshakeFinished,
      logger
    })

    const intake = createCommentIntake({
      comments,
      feed,
      limit: { count: config.LIMIT_COMMENTS_PER_10S, windowMs: tenSecondsMs },
      logger,
      nowMs
    })

    const gate = createGate({
      handlers: {
        ...authHandlers({ verifyAccess: async token => await tokens.verifyAccess(token) }),
        ...showHandlers({
          rooms,
          audios,
          delivery,
          refuseClosed,
          requireVisible: async (showId, userId) => await shows.requireVisible(showId, userId),
          isBlocked: async (creatorId, userId) => await app.blocks.has(creatorId, userId),
          nowMs
        }),
        ...speakHandlers(),
        ...peopleHandlers(),
        ...playbackHandlers(),
        ...commentHandlers({ comments, intake, reactions }),
        ...mediaHandlers({
          audios,
          iceServers: userId => iceServersFor(userId, config.TURN_URLS, config.TURN_SECRET, nowMs())
        })
      },
      limits: {
        messageBytes: config.LIMIT_MESSAGE_BYTES,
        media: { count: config.LIMIT_MEDIA_EVENTS_PER_10S, windowMs: tenSecondsMs },
        other: { count: config.LIMIT_EVENTS_PER_10S, windowMs: tenSecondsMs },
        speakRequests: { count: config.LIMIT_SPEAK_REQUESTS_PER_MINUTE, windowMs: minuteMs },
        reactions: { count: config.LIMIT_REACTIONS_PER_10S, windowMs: tenSecondsMs }
      },
      compile: schema => app.validator.compile(schema),
      commentWaitMs: intake.waitMs,
      logger,
      nowMs,
      ...traced,
      watch: { answered: metrics.realtime.answered, closedFlooding: () => metrics.realtime.closed('flooding') }
    })

    io.on('connection', (socket: AmbientSocket) => {
      // Its sign-in may have been ended while its handshake was under way.
      if (app.sessions.isRevoked(socket.data.identity.signInId)) return expire(socket)
      socket.data.wire = wireOf(socket)
      forgetRequest(socket)
      gate(socket)
      watchExpiry(socket, nowMs)
      socket.on('disconnect', () => leaveBehind(socket))
    })

    /** A connection that broke: the room decides what becomes of the person's place. */
    async function leaveBehind(socket: AmbientSocket): Promise<void> {
      const { membership } = socket.data
      if (!membership) return
      const {
        room,
        actor: { userId, sessionId }
      } = membership
      logger.debug({ socketId: socket.id, userId, showId: room.showId }, 'connection lost')
      await room
        .command({ kind: 'server' }, { type: 'server:dropped', userId, sessionId })
        .catch((error: unknown) => logger.error({ err: error, userId }, 'a lost connection was not noted'))
    }

    app.liveShows.supply({
      command: async (showId, actor, command) => await rooms.command(showId, actor, command),
      forgetPerson: async userId => await rooms.forgetPerson(userId),
      commentsDeleted(showId, commentIds) {
        if (rooms.find(showId)) feed.deleted(showId, commentIds)
      },
      standing: showId => rooms.standing(showId),
      placeOf: (showId, userId) => rooms.placeOf(showId, userId),
      isOnAir: songId => rooms.isOnAir(songId),
      members: async (showId, actor) => await rooms.members(showId, actor)
    })

    users.onChanged(person => {
      for (const socket of io.of('/').sockets.values()) {
        if (socket.data.identity.userId === person.id) rename(socket, person)
      }
      rooms.personChanged(person)
    })

    app.sessions.onRevoked(signInIds => {
      const ended = new Set(signInIds)
      for (const socket of io.of('/').sockets.values()) if (ended.has(socket.data.identity.signInId)) expire(socket)
    })

    app.notices.bind({
      tell(userId, event, payload) {
        for (const socket of io.of('/').sockets.values()) {
          const emitter: { emit(event: string, payload: unknown): unknown } = socket
          if (socket.data.identity.userId === userId) emitter.emit(event, payload)
        }
      }
    })

    app.drain.bind({
      count: () => io.of('/').sockets.size,
      sendAway: async withinMs => await sendAway(leaversOf(io), withinMs)
    })

    app.addHook('onReady', async () => await rooms.restore())
    // Open sockets would keep the server from closing, so they go first.
    app.addHook('preClose', async () => {
      isClosing = true
      await sayGoodbye(io)
    })
    app.addHook('onClose', async () => {
      feed.close()
      reactions.close()
      await rooms.close()
    })
  },
  {
    name: 'realtime',
    dependencies: [
      'metrics',
      'tracing',
      'media',
      'songs',
      'shows',
      'playlists',
      'show-events',
      'people',
      'identity',
      'operations',
      'live-shows',
      'comments',
      'http'
    ]
  }
)

/** The request a connection began with is as large as all else that is kept of it, and nobody asks for it again: https://socket.io/docs/v4/memory-usage/ */
function forgetRequest({ conn }: AmbientSocket): void {
  Object.assign(conn, { request: null })
}
