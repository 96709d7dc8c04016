import fp from 'fastify-plugin'
import { iceServersFor } from '../media/ice-servers.ts'
import { createCommentFilter } from '../plugins/app/comments/comment-filter.ts'
import { withStoreTimeout } from '../plugins/app/comments/with-store-timeout.ts'
import { compileQuestion } from './cluster/compile-question.ts'
import { createPeers } from './cluster/create-peers.ts'
import { joinCluster } from './cluster/join-cluster.ts'
import { createSharedPersonSockets } from './cluster/shared-person-sockets.ts'
import { createLinkSeal } from './cluster/link-seal.ts'
import { createAnnouncer } from './delivery/announcer.ts'
import { recipientOf } from './delivery/encoded-event.ts'
import { createLiveFeed } from './delivery/live-feed.ts'
import { createPersonNotices } from './delivery/person-notices.ts'
import { streamSourcesOf } from './programs/stream-sources.ts'
import { createRealtime } from './realtime.ts'
import { admitConnections } from './sockets/admission.ts'
import { disconnectAll, drainTargets } from './sockets/disconnect.ts'
import { drain } from './sockets/drain.ts'
import { eventLimitsOf } from './sockets/event-limits.ts'
import { expire, watchExpiry } from './sockets/expiry.ts'
import { forgetRequest } from './sockets/forget-request.ts'
import { guardHandshake } from './sockets/handshake.ts'
import { createPersonSockets } from './sockets/person-sockets.ts'
import { followSignOuts } from './sockets/sign-outs.ts'
import { closeSlowConsumer } from './sockets/slow-consumer.ts'
import { rename, type AmbientSocket } from './sockets/socket-data.ts'
import { openSocketServer } from './sockets/socket-server.ts'

const tenSecondsMs = 10_000
/** Other nodes choose by these facts where a show moves. */
const factsEveryMs = 1000

/** Live shows over Socket.io, on the server's own port. */
export default fp(
  async app => {
    const { config, metrics, tracing, tokens, users, shows, blocks, songs, comments, playlists, liveValues } = app
    const logger = app.log.child({ part: 'realtime' })
    const isShared = app.redis !== null
    const bus = await joinCluster({
      config,
      redis: app.redis,
      logger,
      observer: { onRoundTrip: metrics.cluster.renewed, onDropped: metrics.cluster.dropped }
    })
    const peers = createPeers({
      bus,
      compile: compileQuestion,
      logger,
      monotonicMs: () => performance.now(),
      observer: { onAsked: metrics.cluster.asked, onDropped: () => metrics.cluster.dropped('question') }
    })
    const nowMs = () => (isShared ? bus.nowMs() : Date.now())
    let isClosing = false
    const io = openSocketServer(app.server, config.CORS_ORIGINS)
    const sockets = () => io.of('/').sockets.values()
    const { rooms, nodeRooms, clusterFigures, feed, programs, toAll, serve, close } = createRealtime({
      io,
      bus,
      peers,
      isShared,
      linkSeal: createLinkSeal(config.JWT_KEYS, compileQuestion),
      media: app.media,
      songs,
      stintFiles: app.stintFiles,
      store: {
        shows,
        playlists,
        comments,
        events: app.showEvents,
        votes: app.showVotes,
        log: app.eventLog,
        audience: { openWriter: app.audienceLog.openWriter, pseudonymOf: app.pseudonymOf }
      },
      comments,
      audience: { comments, votes: app.showVotes, findRequestable: songs.findRequestable },
      programs: streamSourcesOf(app),
      verifyAccess: async token => tokens.verifyAccess(token),
      assertVisible: async (showId, userId) => await shows.assertVisible(showId, userId),
      isInvitedBackstage: async (showId, userId) => await app.backstage.isInvited(showId, userId),
      isBlocked: async (creatorId, userId) => await blocks.has(creatorId, userId),
      async assertOwnsSong(userId, songId) {
        await songs.get(userId, songId)
      },
      iceServers: userId => iceServersFor(userId, config.TURN_URLS, config.TURN_SECRET, nowMs()),
      compile: schema => app.validator.compile(schema),
      roomLimits: {
        creatorGraceMs: config.CREATOR_GRACE_MS,
        speakerGraceMs: config.SPEAKER_GRACE_MS,
        queueSize: config.LIMIT_QUEUE
      },
      eventLimits: eventLimitsOf(config),
      commentChecks: {
        unlistedAmong: async userIds => await withStoreTimeout(users.unlistedAmong(userIds)),
        filter: createCommentFilter({
          blockedWords: app.blockedWords,
          links: config.COMMENT_LINKS,
          lists: app.creatorWords
        }),
        limit: { count: config.LIMIT_COMMENTS_PER_10S, windowMs: tenSecondsMs }
      },
      heldComments: { store: app.heldComments, findPerson: users.findPerson, notify: app.notices.send },
      logger,
      nowMs,
      gateObserver: {
        onAnswered: metrics.realtime.answered,
        onFloodingClosed: () => metrics.realtime.closed('flooding')
      },
      clusterObserver: {
        onTakenOver: metrics.cluster.tookOver,
        onDeposed: metrics.cluster.wasDeposed,
        onNodeLost: metrics.cluster.lostNode,
        onRefollowed: metrics.cluster.refollowed
      },
      span: tracing.isOn ? tracing.span : undefined
    })

    const liveFeed = createLiveFeed({
      liveValues,
      homeRooms: () => rooms.showIds().flatMap(showId => rooms.find(showId) ?? []),
      monotonicMs: () => performance.now()
    })
    liveValues.bind(liveFeed)
    liveValues.onRefreshed(liveFeed.broadcast)
    metrics.cluster.bind(clusterFigures)
    metrics.realtime.bind(() => ({ sockets: io.engine.clientsCount, ...rooms.figures() }))

    io.engine.on('connection', (connection: AmbientSocket['conn']) => {
      closeSlowConsumer(connection, () => {
        logger.warn('slow consumer closed')
        metrics.realtime.closed('not_reading')
      })
    })

    const isDraining = () => isClosing || app.readiness.isDraining()
    const { isFull } = admitConnections(io.engine, {
      isDraining,
      maxSockets: config.LIMIT_SOCKETS,
      // Homes go on without Redis. Members of other shows find them at another node.
      isCutOffFrom: showId => isShared && !bus.isSure() && !rooms.find(showId),
      onRefused: metrics.realtime.connectionRefused
    })
    app.readiness.bindFull(isFull)
    const maxSockets = config.LIMIT_SOCKETS_PER_PERSON
    const personSockets = app.redis
      ? createSharedPersonSockets({ redis: app.redis.commands, bus, maxSockets })
      : createPersonSockets(maxSockets)
    guardHandshake(io, {
      verifyAccess: async token => tokens.verifyAccess(token),
      findPerson: async userId => await users.findPerson(userId),
      isDraining,
      allowsGuests: config.AUTH_GUESTS,
      personSockets,
      maxSocketsPerPerson: maxSockets,
      onHandshake: metrics.realtime.handshakeFinished,
      logger
    })

    const announcer = createAnnouncer({ io, board: app.announcementBoard, bus, toAll, logger })
    io.on('connection', (socket: AmbientSocket) => {
      socket.data.recipient = recipientOf(socket)
      // The sign-in may have ended during the handshake.
      if (app.sessions.isRevoked(socket.data.identity.signInId)) return expire(socket)
      forgetRequest(socket)
      serve(socket)
      announcer.greet(socket)
      liveFeed.serve(socket)
      watchExpiry(socket, nowMs)
    })

    app.liveShows.bind({
      ...nodeRooms,
      commentsDeleted(showId, commentIds) {
        nodeRooms
          .commentsDeleted(showId, commentIds, feed)
          .catch((error: unknown) => logger.warn({ err: error, showId }, 'deleted comments not announced'))
      },
      findShowOf: creatorId => rooms.findShowOf(creatorId)
    })

    app.livePrograms.bind(programs)
    metrics.streams.bind(programs.figures)
    songs.onChanged(async songId => programs.songChanged(songId))

    users.onChanged(person => {
      for (const socket of sockets()) if (socket.data.identity.userId === person.id) rename(socket, person)
      rooms.personChanged(person)
    })

    const signOuts = followSignOuts({ sessions: app.sessions, sockets, bus, isShared, logger })
    app.notices.bind(createPersonNotices(sockets))

    const tellFacts = () => bus.update({ isDraining: app.readiness.isDraining(), load: io.of('/').sockets.size })
    const factsTimer = setInterval(tellFacts, factsEveryMs).unref()
    if (isShared) app.clusterFeed.bind(bus)
    app.drain.bind({
      count: () => io.of('/').sockets.size,
      async sendAway(withinMs) {
        tellFacts()
        const deadlineMs = performance.now() + withinMs
        const isElsewhere = await nodeRooms.handOverAll()
        await drain(drainTargets(sockets()), Math.max(0, deadlineMs - performance.now()), { isElsewhere })
      }
    })

    app.addHook('onReady', async () => await rooms.findInterrupted())
    // Shows are restored while the server listens: a join of one that is not restored yet waits for it.
    app.addHook('onListen', async () => {
      rooms.restore().catch((error: unknown) => logger.error({ err: error }, 'shows not restored'))
    })
    // Open sockets would keep the server from closing.
    app.addHook('preClose', async () => {
      isClosing = true
      programs.close()
      await disconnectAll(io)
    })
    app.addHook('onClose', async () => {
      clearInterval(factsTimer)
      signOuts.close()
      announcer.close()
      personSockets.close()
      await close()
      peers.close()
      await bus.close()
    })
  },
  {
    name: 'realtime',
    dependencies: [
      'redis',
      'metrics',
      'tracing',
      'media',
      'songs',
      'shows',
      'playlists',
      'recordings',
      'people',
      'identity',
      'live-values',
      'operations',
      'comments',
      'moderation',
      'http'
    ]
  }
)
