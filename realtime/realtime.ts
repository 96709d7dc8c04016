import { randomUUID } from 'node:crypto'
import type { FastifyBaseLogger } from 'fastify'
import type { TSchema } from 'typebox'
import { CodedError, type Issue } from '../contract/errors.ts'
import type { IceServer } from '../contract/media.ts'
import type { Comments } from '../plugins/app/comments/comments.ts'
import type { Span } from '../plugins/external/tracing/spans.ts'
import { credentialRenewalMs } from '../media/ice-servers.ts'
import { createShowAudios, type ShowAudios, type ShowAudiosParts } from './audio/show-audios.ts'
import { createTurnCredentials } from './audio/turn-credentials.ts'
import { createCommentFeed, type CommentFeed } from './delivery/comment-feed.ts'
import { createCommentIntake } from './delivery/comment-intake.ts'
import { createReactionCounter } from './delivery/reaction-counter.ts'
import { createSocketDelivery } from './delivery/socket-delivery.ts'
import { authHandlers } from './handlers/auth.ts'
import { commentHandlers } from './handlers/comments.ts'
import { mediaHandlers } from './handlers/media.ts'
import { memberHandlers } from './handlers/members.ts'
import { playbackHandlers } from './handlers/playback.ts'
import { showHandlers, type ShowHandlerParts } from './handlers/show.ts'
import { speakHandlers } from './handlers/speak.ts'
import type { RoomLimits } from './room/server-room-state.ts'
import { createLiveRooms, type LiveRooms } from './rooms/live-rooms.ts'
import type { RoomStore } from './rooms/room-store.ts'
import { createGate, type GateObserver } from './sockets/gate.ts'
import type { EventLimits } from './sockets/event-limits.ts'
import type { HandshakeParts } from './sockets/handshake.ts'
import type { Limit } from './sockets/rate-limits.ts'
import type { AmbientServer, AmbientSocket } from './sockets/socket-data.ts'

/** Parts of the live shows. Times are ms. */
export interface RealtimeParts {
  io: AmbientServer
  media: ShowAudiosParts['media']
  songs: ShowAudiosParts['songs']
  store: RoomStore
  comments: Pick<Comments, 'write' | 'findPending' | 'find' | 'findAuthorId' | 'remove'>
  verifyAccess: HandshakeParts['verifyAccess']
  assertVisible: ShowHandlerParts['assertVisible']
  isBlocked: ShowHandlerParts['isBlocked']
  /** STUN and TURN servers for this person. */
  iceServers(userId: string): IceServer[]
  /** Compiles a schema into a check that returns the places that do not fit, or null. */
  compile(schema: TSchema): (data: unknown) => Issue[] | null
  roomLimits: RoomLimits
  eventLimits: EventLimits
  commentLimit: Limit
  logger: FastifyBaseLogger
  nowMs: () => number
  gateObserver?: GateObserver
  /** Records spans, where tracing is on. */
  span?: Span | undefined
}

/** Live shows between the sockets and the media workers. */
export interface Realtime {
  readonly rooms: LiveRooms
  readonly audios: ShowAudios
  readonly feed: CommentFeed
  /** Serves a socket that passed the handshake. */
  serve(socket: AmbientSocket): void
  close(): Promise<void>
}

/** The composition root of live shows: used by the plugin, and by tests with their own sockets, media and store. */
export function createRealtime(parts: RealtimeParts): Realtime {
  const { io, store, comments, logger, nowMs, span } = parts
  const monotonicMs = () => performance.now()
  const delivery = createSocketDelivery(io)
  const feed = createCommentFeed(delivery)
  const reactions = createReactionCounter(delivery)
  const audios = createShowAudios({ media: parts.media, songs: parts.songs, logger, span })
  const rooms = createLiveRooms({
    store,
    openAudio: async showId => await audios.open(showId),
    delivery,
    beforeEnd(showId) {
      feed.flush(showId)
      reactions.flush(showId)
    },
    limits: parts.roomLimits,
    nodeId: randomUUID(),
    logger,
    nowMs,
    span
  })
  const intake = createCommentIntake({ comments, feed, limit: parts.commentLimit, logger, nowMs, monotonicMs })

  async function refuseWithoutRoom(showId: string): Promise<never> {
    const show = await store.shows.findRecord(showId)
    if (!show) throw new CodedError('NOT_FOUND', 'There is no such show.')
    if (show.status === 'ended') throw new CodedError('SHOW_ENDED', 'The show has ended.')
    throw new CodedError('SHOW_NOT_LIVE', 'The show is not live yet.')
  }

  const serveGate = createGate({
    handlers: {
      ...authHandlers(parts),
      ...showHandlers({
        rooms,
        audios,
        delivery,
        refuseWithoutRoom,
        assertVisible: parts.assertVisible,
        isBlocked: parts.isBlocked,
        nowMs
      }),
      ...speakHandlers(),
      ...memberHandlers(),
      ...playbackHandlers(),
      ...commentHandlers({ comments, intake, reactions }),
      ...mediaHandlers({
        audios,
        turnCredentials: createTurnCredentials({
          iceServers: parts.iceServers,
          renewAfterMs: credentialRenewalMs
        })
      })
    },
    limits: parts.eventLimits,
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
    const { userId, presenceId } = actor
    logger.debug({ socketId: socket.id, userId, showId: room.showId }, 'connection lost')
    await room
      .command({ kind: 'system' }, { type: 'server:dropped', userId, presenceId })
      .catch((error: unknown) => logger.error({ err: error, userId }, 'lost connection not applied to room'))
  }

  return {
    rooms,
    audios,
    feed,
    serve(socket) {
      delivery.follow(socket)
      serveGate(socket)
      socket.on('disconnect', () => {
        onDisconnect(socket)
      })
    },
    async close() {
      feed.close()
      reactions.close()
      await rooms.close()
    }
  }
}
