import type { FastifyBaseLogger } from 'fastify'
import type { TSchema } from 'typebox'
import type { Issue } from '../contract/errors.ts'
import type { IceServer } from '../contract/media.ts'
import type { Comments } from '../plugins/app/comments/comments.ts'
import type { ClusterFigures } from '../plugins/external/metrics/cluster.ts'
import { credentialRenewalMs } from '../media/ice-servers.ts'
import type { ShowAudios } from './audio/show-audios.ts'
import { createReceptions } from './audio/receptions.ts'
import { createTurnCredentials } from './audio/turn-credentials.ts'
import type { Bus } from './cluster/bus.ts'
import { createClusterDelivery } from './cluster/cluster-delivery.ts'
import { createCluster } from './cluster/cluster.ts'
import type { ClusterObserver } from './cluster/cluster-observer.ts'
import { answerAsHome } from './cluster/home-answers.ts'
import { createHomes } from './cluster/homes.ts'
import { createLinkedAudios, type LinkedAudiosParts } from './cluster/linked-audios.ts'
import type { NodeRooms } from './cluster/node-rooms.ts'
import type { Peers } from './cluster/peers.ts'
import { createShowCasts } from './cluster/show-casts.ts'
import { createCommentFeed, type CommentFeed } from './delivery/comment-feed.ts'
import { createCommentIntake, type CommentChecks } from './delivery/comment-intake.ts'
import { createEditingHosts } from './delivery/editing-hosts.ts'
import { createShowPrograms, type ShowPrograms, type StreamSources } from './programs/show-programs.ts'
import { createHeldIntake, type HeldStore } from './delivery/held-intake.ts'
import { createHomeMessages } from './delivery/home-messages.ts'
import { createReactionCounter } from './delivery/reaction-counter.ts'
import { createSocketDelivery, type SocketDelivery } from './delivery/socket-delivery.ts'
import { createSpeakingFeed } from './delivery/speaking-feed.ts'
import type { AudienceHandlerParts } from './handlers/audience.ts'
import { clientEventHandlers } from './handlers/client-events.ts'
import type { PlayerHandlerParts } from './handlers/player.ts'
import type { ShowHandlerParts } from './handlers/show.ts'
import type { RoomLimits } from './room/server-room-state.ts'
import type { LiveRooms } from './rooms/live-rooms.ts'
import { createAudienceRecorders } from './rooms/audience-recorder.ts'
import { createLostPresences } from './rooms/lost-presences.ts'
import { createRefusal } from './rooms/refused.ts'
import type { RoomStore } from './rooms/room-store.ts'
import { createGate, type GateObserver } from './sockets/gate.ts'
import { countForwarded, createPersonalLimits, type EventLimits } from './sockets/event-limits.ts'
import type { HandshakeParts } from './sockets/handshake.ts'
import type { AmbientServer, AmbientSocket } from './sockets/socket-data.ts'

/** Parts of the live shows. Times are ms. */
export interface RealtimeParts
  extends
    Pick<LinkedAudiosParts, 'media' | 'songs' | 'stintFiles' | 'linkSeal' | 'span'>,
    Pick<ShowHandlerParts, 'assertVisible' | 'isBlocked' | 'isInvitedBackstage'> {
  bus: Bus
  peers: Peers
  /** Whether other nodes share the bus. */
  isShared: boolean
  io: AmbientServer
  store: RoomStore
  comments: Pick<Comments, 'write' | 'findPending' | 'find' | 'quote' | 'findAuthorId' | 'remove'>
  audience: AudienceHandlerParts
  programs: StreamSources
  verifyAccess: HandshakeParts['verifyAccess']
  commentChecks: CommentChecks
  /** Keeps first comments that wait for the hosts; none wait without it. */
  heldComments?: HeldStore | undefined
  assertOwnsSong: PlayerHandlerParts['assertOwnsSong']
  clusterObserver?: ClusterObserver
  /** STUN and TURN servers for this person. */
  iceServers(userId: string): IceServer[]
  /** Compiles a schema into a check that returns the places that do not fit, or null. */
  compile(schema: TSchema): (data: unknown) => Issue[] | null
  roomLimits: RoomLimits
  eventLimits: EventLimits
  logger: FastifyBaseLogger
  nowMs: () => number
  gateObserver?: GateObserver
}

/** Live shows between the sockets and the media workers. */
export interface Realtime {
  /** The shows whose home is this node. */
  readonly rooms: LiveRooms
  /** All shows, wherever their home is. */
  readonly nodeRooms: NodeRooms
  clusterFigures(): ClusterFigures
  readonly audios: ShowAudios
  readonly feed: CommentFeed
  readonly programs: ShowPrograms
  /** Sends an event to all sockets of this node. */
  readonly toAll: SocketDelivery['toAll']
  /** Serves a socket that passed the handshake. */
  serve(socket: AmbientSocket): void
  close(): Promise<void>
}

/** The composition root of live shows: used by the plugin, and by tests with their own sockets, media and store. */
export function createRealtime(parts: RealtimeParts): Realtime {
  const { io, bus, peers, store, comments, logger, nowMs, span } = parts
  const monotonicMs = () => performance.now()
  const localDelivery = createSocketDelivery(io)
  const isElsewhere = (showId: string) => cluster.replicas.find(showId) !== undefined
  const casts = createShowCasts({
    bus,
    logger,
    onCast(showId, cast) {
      if (cast.kind === 'levels') audios.find(showId)?.addRemoteLevels(cast.nodeId, cast.levels)
      else if (cast.kind === 'editing') editingHosts.received(showId, cast)
      else if (cast.kind === 'reactions') localDelivery.toShow(showId, 'reactions', { counts: cast.counts })
      else if (!isElsewhere(showId)) {
        for (const [emoji, count] of Object.entries(cast.counts)) reactions.add(showId, emoji, count)
      }
    }
  })
  const homes = createHomes({ bus, peers, casts, logger, monotonicMs })
  const delivery = createClusterDelivery({ local: localDelivery, homes, casts, isElsewhere })
  const editingHosts = createEditingHosts({ ...localDelivery, casts, findState: id => cluster.findState(id) })
  const feed = createCommentFeed({ delivery, monotonicMs })
  const isHearing: ShowAudios['isHearing'] = (...voice) => audios.isHearing(...voice)
  const { commentChecks, heldComments } = parts
  const held = heldComments && createHeldIntake({ ...commentChecks, ...heldComments, comments, feed, logger })
  const speaking = createSpeakingFeed({ delivery: localDelivery, isHearing, monotonicMs })
  const recorders = createAudienceRecorders({ audience: store.audience, logger, nowMs })
  const reactions = createReactionCounter({
    ...delivery,
    onCounted: (showId, count) => recorders.reacted(showId, count)
  })
  const { audios, linking, voices, recording } = createLinkedAudios({
    ...parts,
    homeOf: showId => cluster.replicas.homeOf(showId),
    toHome: async (showId, command) => await forwarding.command(showId, { kind: 'system' }, command),
    monotonicMs
  })
  const cluster = createCluster({
    bus,
    peers,
    isShared: parts.isShared,
    ...(parts.clusterObserver && { observer: parts.clusterObserver }),
    homes,
    recorders,
    casts,
    audios,
    localDelivery,
    store,
    delivery,
    speaking,
    beforeEnd(showId) {
      for (const part of [feed, reactions]) part.flush(showId)
    },
    onChanged(showId, state) {
      for (const part of [voices, editingHosts, recording, programs, held]) part?.changed(showId, state)
    },
    onFollowed: voices.open,
    isStreamed: showId => programs.isStreamed(showId),
    limits: parts.roomLimits,
    logger,
    nowMs,
    monotonicMs,
    span
  })
  const { rooms, nodeRooms, forwarding } = cluster
  const programs = createShowPrograms({ ...parts.programs, rooms: nodeRooms, audios, voices, logger })
  const lostPresences = createLostPresences(logger)
  const intake = createCommentIntake({ ...commentChecks, held, comments, feed, logger, nowMs, monotonicMs })

  const personalLimits = createPersonalLimits(parts.eventLimits)
  answerAsHome({
    peers,
    homes,
    rooms,
    commands: cluster.commands,
    intake,
    held,
    feed,
    delivery,
    casts,
    onFollowed: voices.open,
    admit: (actor, command) => countForwarded(personalLimits, actor, command, monotonicMs()),
    nowMs
  })

  const messages = createHomeMessages({ isElsewhere, forwarding, intake, held, delivery, nowMs })

  const turnCredentials = createTurnCredentials({ iceServers: parts.iceServers, renewAfterMs: credentialRenewalMs })
  const serveGate = createGate({
    handlers: clientEventHandlers({
      ...parts,
      nodeId: bus.nodeId,
      rooms: nodeRooms,
      audios,
      voices,
      receptions: createReceptions({ audios, voices, turnCredentials }),
      turnCredentials,
      announce: messages.announce,
      sendComment: messages.sendComment,
      answerHeld: messages.answerHeld,
      held,
      reactions,
      editingHosts,
      lostPresences,
      speaking,
      refuseWithoutRoom: createRefusal(store.shows)
    }),
    limits: parts.eventLimits,
    personalLimits,
    compile: parts.compile,
    commentWaitMs: intake.waitMs,
    logger,
    monotonicMs,
    span,
    ...(parts.gateObserver && { observer: parts.gateObserver })
  })

  /** Reports a lost connection to the room, which decides about the person's place. */
  async function onDisconnect(socket: AmbientSocket): Promise<void> {
    const { membership } = socket.data
    if (!membership) return
    const { room, actor } = membership
    logger.debug({ socketId: socket.id, userId: actor.userId, showId: room.showId }, 'connection lost')
    await lostPresences.report(room, actor)
  }

  return {
    rooms,
    nodeRooms,
    clusterFigures: () => ({
      shows: { home: rooms.showIds().length, followed: cluster.replicas.size },
      links: linking.counts(),
      isSure: bus.isSure()
    }),
    audios,
    feed,
    programs,
    toAll: localDelivery.toAll,
    serve(socket) {
      localDelivery.follow(socket)
      serveGate(socket)
      socket.on('disconnect', () => {
        onDisconnect(socket)
      })
    },
    async close() {
      for (const part of [programs, feed, reactions, editingHosts, speaking, lostPresences, linking]) part.close()
      await recording.close()
      await cluster.close()
      await recorders.close()
    }
  }
}
