import fp from 'fastify-plugin'
import { Server } from 'socket.io'
import { iceServersFor } from '../media/ice-servers.ts'
import { webSocketOf } from './delivery/chunked-broadcast.ts'
import { createRealtime } from './realtime.ts'
import { disconnectAll, drainTargets } from './sockets/disconnect.ts'
import { drain } from './sockets/drain.ts'
import { eventLimitsOf } from './sockets/event-limits.ts'
import { expire, watchExpiry } from './sockets/expiry.ts'
import { guardHandshake } from './sockets/handshake.ts'
import { closeSlowConsumer } from './sockets/slow-consumer.ts'
import { rename, type AmbientServer, type AmbientSocket } from './sockets/socket-data.ts'

/** A larger message closes its socket; one between the message limit and this size is answered. */
const maxMessageBytes = 64 * 1024
const tenSecondsMs = 10_000
/** Both sides notice a lost connection after the sum of both times at the latest. */
const pingIntervalMs = 10_000
const pingTimeoutMs = 10_000
/** A connection without a handshake is closed after this time. */
const handshakeTimeoutMs = 10_000

/** Live shows over Socket.io, on the server's own port. */
export default fp(
  async app => {
    const { config, metrics, tracing, tokens, users, shows, blocks, songs, comments, playlists } = app
    const nowMs = () => Date.now()
    const logger = app.log.child({ part: 'realtime' })
    let isClosing = false
    const io: AmbientServer = new Server(app.server, {
      transports: ['websocket'],
      serveClient: false,
      maxHttpBufferSize: maxMessageBytes,
      perMessageDeflate: false,
      pingInterval: pingIntervalMs,
      pingTimeout: pingTimeoutMs,
      connectTimeout: handshakeTimeoutMs,
      cors: { origin: config.CORS_ORIGINS }
    })
    const sockets = () => io.of('/').sockets.values()
    const { rooms, feed, serve, close } = createRealtime({
      io,
      media: app.media,
      songs,
      store: { shows, playlists, comments, events: app.showEvents, log: app.eventLog },
      comments,
      verifyAccess: async token => await tokens.verifyAccess(token),
      assertVisible: async (showId, userId) => await shows.assertVisible(showId, userId),
      isBlocked: async (creatorId, userId) => await blocks.has(creatorId, userId),
      iceServers: userId => iceServersFor(userId, config.TURN_URLS, config.TURN_SECRET, nowMs()),
      compile: schema => app.validator.compile(schema),
      roomLimits: {
        creatorGraceMs: config.CREATOR_GRACE_MS,
        speakerGraceMs: config.SPEAKER_GRACE_MS,
        queueSize: config.LIMIT_QUEUE
      },
      eventLimits: eventLimitsOf(config),
      commentLimit: { count: config.LIMIT_COMMENTS_PER_10S, windowMs: tenSecondsMs },
      logger,
      nowMs,
      gateObserver: {
        onAnswered: metrics.realtime.answered,
        onFloodingClosed: () => metrics.realtime.closed('flooding')
      },
      span: tracing.isOn ? tracing.span : undefined
    })

    metrics.realtime.bind(() => ({ sockets: io.engine.clientsCount, ...rooms.figures() }))

    io.engine.on('connection', (connection: AmbientSocket['conn']) => {
      closeSlowConsumer(connection, () => {
        logger.warn('slow consumer closed')
        metrics.realtime.closed('not_reading')
      })
    })

    guardHandshake(io, {
      verifyAccess: async token => await tokens.verifyAccess(token),
      findPerson: async userId => await users.findPerson(userId),
      isDraining: () => isClosing || app.readiness.isDraining(),
      allowsGuests: config.AUTH_GUESTS,
      maxSocketsPerPerson: config.LIMIT_SOCKETS_PER_PERSON,
      onHandshake: metrics.realtime.handshakeFinished,
      logger
    })

    io.on('connection', (socket: AmbientSocket) => {
      // The sign-in may have ended during the handshake.
      if (app.sessions.isRevoked(socket.data.identity.signInId)) return expire(socket)
      socket.data.webSocket = webSocketOf(socket)
      forgetRequest(socket)
      serve(socket)
      watchExpiry(socket, nowMs)
    })

    app.liveShows.bind({
      command: async (showId, actor, command) => await rooms.command(showId, actor, command),
      showEdited: async (showId, edit) => await rooms.showEdited(showId, edit),
      playlistEdited: async (showId, playlist) => await rooms.playlistEdited(showId, playlist),
      forgetPerson: async userId => await rooms.forgetPerson(userId),
      commentsDeleted(showId, commentIds) {
        if (rooms.find(showId)) feed.deleted(showId, commentIds)
      },
      findStatus: showId => rooms.findStatus(showId),
      findPlace: async (showId, userId) => await rooms.findPlace(showId, userId),
      findShowOf: creatorId => rooms.findShowOf(creatorId),
      isElsewhere: async () => false,
      isOnAir: async songId => await rooms.isOnAir(songId),
      members: async (showId, actor) => await rooms.members(showId, actor)
    })

    users.onChanged(person => {
      for (const socket of sockets()) if (socket.data.identity.userId === person.id) rename(socket, person)
      rooms.personChanged(person)
    })

    app.sessions.bindConnections(userId =>
      [...sockets()].flatMap(({ data: { identity } }) => (identity.userId === userId ? [identity.signInId] : []))
    )
    app.sessions.onRevoked(signInIds => {
      const ended = new Set(signInIds)
      for (const socket of sockets()) if (ended.has(socket.data.identity.signInId)) expire(socket)
    })

    app.notices.bind({
      send(userId, event, payload) {
        for (const socket of sockets()) {
          const emitter: { emit(event: string, payload: unknown): unknown } = socket
          if (socket.data.identity.userId === userId) emitter.emit(event, payload)
        }
      }
    })

    app.drain.bind({
      count: () => io.of('/').sockets.size,
      sendAway: async withinMs => await drain(drainTargets(sockets()), withinMs)
    })

    app.addHook('onReady', async () => await rooms.findInterrupted())
    // Shows are restored while the server listens: a join of one that is not restored yet waits for it.
    app.addHook('onListen', async () => {
      rooms.restore().catch((error: unknown) => logger.error({ err: error }, 'shows not restored'))
    })
    // Open sockets would keep the server from closing.
    app.addHook('preClose', async () => {
      isClosing = true
      await disconnectAll(io)
    })
    app.addHook('onClose', async () => await close())
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
      'people',
      'identity',
      'operations',
      'comments',
      'http'
    ]
  }
)

/**
 * Drops the upgrade request of a connection. It takes as much memory as everything else kept for the connection, and is
 * not used again. https://socket.io/docs/v4/memory-usage/
 */
function forgetRequest({ conn }: AmbientSocket): void {
  Object.assign(conn, { request: null })
}
