import { Type, type Static } from 'typebox'
import { CommentBatch } from './comments.ts'
import { CommentAnswered, HeldCount } from './held-comments.ts'
import { LiveUpdate } from './live.ts'
import { IceServer, RtpCapabilities, TransportFailed } from './media.ts'
import { SongMetadataUpdate } from './metadata.ts'
import { EditingHost, maxEditingHosts } from './playlist.ts'
import { Exactly, Id } from './primitives.ts'
import { ReactionBatch } from './reactions.ts'
import { StampedQueueEvent, StampedRoomEvent } from './room-events.ts'
import { SongUpdate } from './songs.ts'
import { Speaking } from './speaking.ts'

/** All events that the server sends, with their payloads. AsyncAPI is generated from this table. */
export const serverEvents = {
  'room:event': StampedRoomEvent,
  'queue:event': StampedQueueEvent,
  comments: CommentBatch,
  'comments:held': HeldCount,
  'comment:answered': CommentAnswered,
  reactions: ReactionBatch,
  live: LiveUpdate,
  audience: Exactly({ listenerCount: Type.Integer({ minimum: 0 }), queueLength: Type.Integer({ minimum: 0 }) }),
  announcement: Exactly({
    text: Type.String(),
    at: Type.Integer({ minimum: 0, description: 'Time at which it was sent, milliseconds since the epoch' }),
    id: Type.Optional(Type.String({ ...Id, description: 'Id of an announcement by the operators' })),
    until: Type.Optional(Type.Integer({ minimum: 0, description: 'Hide it at this time, as `at`' }))
  }),
  'announcement:ended': Exactly({ id: Id }),
  'playlist:editors': Exactly({ editors: Type.Array(EditingHost, { maxItems: maxEditingHosts }) }),
  'media:speaking': Speaking,
  'media:transportFailed': TransportFailed,
  'media:iceServers': Exactly({ iceServers: Type.Array(IceServer) }),
  'media:reset': Exactly({ routerRtpCapabilities: RtpCapabilities, reason: Type.String() }),
  'song:status': SongUpdate,
  'song:metadata': SongMetadataUpdate,
  'session:replaced': Exactly({}),
  'session:removed': Exactly({ ban: Type.Boolean() }),
  'session:expired': Exactly({}),
  'session:drain': Exactly({ reconnectAfterMs: Type.Integer({ minimum: 0 }) })
} as const

export type ServerEvents = typeof serverEvents
export type ServerEventName = keyof ServerEvents
export type ServerPayload<E extends ServerEventName> = Static<ServerEvents[E]>

/** The events in the form that Socket.io takes as types. */
export type ServerToClientEvents = { [E in ServerEventName]: (payload: ServerPayload<E>) => void }
