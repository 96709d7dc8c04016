import { Type, type Static } from 'typebox'
import { ListenerSource } from './audience-events.ts'
import { ClientId, SentComment, maxMentions } from './comments.ts'
import type { WireError } from './errors.ts'
import { HeldComments } from './held-comments.ts'
import { PlayerState } from './live.ts'
import { AudioLevelUri, DtlsParameters, IceParameters, IceServer, RtpCapabilities, RtpParameters } from './media.ts'
import { PinnedUrl } from './pins.ts'
import { Playback } from './playback.ts'
import { OptionIndex, OwnVotes, PollDraft } from './polls.ts'
import { PlaylistSign } from './playlist.ts'
import { Exactly, Id, OneOf, TimeMs } from './primitives.ts'
import { Emoji } from './reactions.ts'
import { ConsumerParameters, JoinPackets, ReceiveOrder, Reception, transportFields } from './reception.ts'
import { Snapshot } from './snapshot.ts'
import { maxSongFadeMs } from './song-gain.ts'
import { SongLevelDb } from './song-level.ts'
import { WantsLevels } from './speaking.ts'
import { AnnouncementText, CommentText, LinkLabel, Reason } from './text.ts'

const Nothing = Exactly({})
const Playing = Exactly({ playback: Playback })
/** At most a day, which is longer than any item of a playlist. */
const PositionMs = Type.Integer({ minimum: 0, maximum: 86_400_000 })
/** Without it, the setting `songFadeMs` of the show holds. */
const fadeMs = Type.Optional(
  Type.Integer({
    minimum: 0,
    maximum: maxSongFadeMs,
    description: 'The song that plays fades out during this time first; absent: `songFadeMs` of the show'
  })
)
const ConsumerRef = { payload: Exactly({ consumerId: Id }), data: Nothing }

/**
 * All events of clients: the one payload object, and the `data` of its acknowledgement. The server validates with these
 * schemas, the SDK takes its types from them, and AsyncAPI is generated from them.
 */
export const clientEvents = {
  'auth:refresh': {
    payload: Exactly({ token: Type.String({ minLength: 1, maxLength: 4096 }) }),
    data: Exactly({ expiresAt: TimeMs })
  },
  'show:join': {
    payload: Exactly({
      showId: Id,
      source: Type.Optional(ListenerSource),
      backstage: Type.Optional(
        Type.Boolean({
          description: 'Joins also before the start, if the user is the creator or invited backstage'
        })
      ),
      receive: Type.Optional(ReceiveOrder),
      levels: Type.Optional(WantsLevels)
    }),
    data: Exactly({
      snapshot: Snapshot,
      sessionId: Id,
      media: Exactly({ routerRtpCapabilities: RtpCapabilities, receive: Type.Optional(Reception) })
    })
  },
  'show:resync': { payload: Nothing, data: Exactly({ snapshot: Snapshot }) },
  'show:leave': { payload: Nothing, data: Nothing },
  'show:announce': { payload: Exactly({ text: AnnouncementText }), data: Nothing },
  'speak:request': {
    payload: Exactly({ reason: Type.Optional(Reason) }),
    data: Exactly({
      requestId: Id,
      position: Type.Integer({
        minimum: 0,
        description: '1-based; 0 when the floor was granted at once, without a request: then requestId is `granted`'
      })
    })
  },
  'speak:cancel': { payload: Nothing, data: Nothing },
  'speak:answer': { payload: Exactly({ requestId: Id, accept: Type.Boolean() }), data: Nothing },
  'speak:rejectAll': {
    payload: Exactly({
      upTo: Type.Optional(
        Type.String({ ...Id, description: 'The last request that the host has seen. Requests made after it stay' })
      )
    }),
    data: Nothing
  },
  'speak:invite': { payload: Exactly({ userId: Id }), data: Nothing },
  'speak:respond': { payload: Exactly({ accept: Type.Boolean() }), data: Nothing },
  'speak:revoke': { payload: Exactly({ userId: Id }), data: Nothing },
  'speak:stepDown': { payload: Nothing, data: Nothing },
  'mute:set': { payload: Exactly({ userId: Id, muted: Type.Boolean() }), data: Nothing },
  'mute:all': { payload: Nothing, data: Nothing },
  'cohost:set': { payload: Exactly({ userId: Id, cohost: Type.Boolean() }), data: Nothing },
  'show:handOver': { payload: Exactly({ userId: Id }), data: Nothing },
  'member:remove': { payload: Exactly({ userId: Id, ban: Type.Boolean() }), data: Nothing },
  'comment:send': {
    payload: Exactly({
      clientId: ClientId,
      text: CommentText,
      replyTo: Type.Optional(Type.String({ ...Id, description: 'The comment of this show that this one replies to' })),
      mentions: Type.Optional(
        Type.Array(Id, {
          maxItems: maxMentions,
          description: 'People in the show whom the text names with `@` and their name. Others are left out'
        })
      )
    }),
    data: Exactly({ comment: SentComment })
  },
  'comment:delete': { payload: Exactly({ commentId: Id }), data: Nothing },
  'comment:mute': { payload: Exactly({ userId: Id, muted: Type.Boolean() }), data: Nothing },
  'comments:held': { payload: Nothing, data: HeldComments },
  'comment:answer': { payload: Exactly({ heldId: Id, accept: Type.Boolean() }), data: Nothing },
  'comment:pin': { payload: Exactly({ commentId: Id }), data: Nothing },
  'link:pin': { payload: Exactly({ url: PinnedUrl, text: LinkLabel }), data: Nothing },
  'pin:remove': { payload: Nothing, data: Nothing },
  'poll:open': { payload: PollDraft, data: Nothing },
  'poll:vote': { payload: Exactly({ pollId: Id, option: OptionIndex }), data: Nothing },
  'poll:close': { payload: Exactly({ pollId: Id }), data: Nothing },
  'poll:dismiss': { payload: Exactly({ pollId: Id }), data: Nothing },
  'song:request': { payload: Exactly({ songId: Id }), data: Nothing },
  'song:vote': { payload: Exactly({ songId: Id, on: Type.Boolean() }), data: Nothing },
  'song:dismiss': { payload: Exactly({ songId: Id }), data: Nothing },
  'votes:mine': { payload: Nothing, data: OwnVotes },
  'reaction:send': { payload: Exactly({ emoji: Emoji }), data: Nothing },
  'playback:play': {
    payload: Exactly({ itemId: Type.Optional(Id), positionMs: Type.Optional(PositionMs), fadeMs }),
    data: Playing
  },
  'playback:next': { payload: Exactly({ from: Type.Optional(Id), fadeMs }), data: Playing },
  'playback:pause': { payload: Exactly({ fadeMs }), data: Playing },
  'playback:stop': { payload: Exactly({ fadeMs }), data: Playing },
  'playback:level': { payload: Exactly({ levelDb: SongLevelDb }), data: Nothing },
  'jingle:play': { payload: Exactly({ songId: Id }), data: Nothing },
  'recording:set': { payload: Exactly({ on: Type.Boolean() }), data: Nothing },
  'playlist:editing': { payload: PlaylistSign, data: Nothing },
  'player:state': { payload: Exactly({ songId: Id, state: PlayerState }), data: Nothing },
  'media:createTransport': {
    payload: Exactly({ direction: OneOf(['send', 'recv']) }),
    data: Exactly({ ...transportFields, audioLevelUri: Type.Optional(AudioLevelUri) })
  },
  'media:connectTransport': { payload: Exactly({ transportId: Id, dtlsParameters: DtlsParameters }), data: Nothing },
  'media:restartIce': {
    payload: Exactly({ transportId: Id }),
    data: Exactly({ iceParameters: IceParameters, iceServers: Type.Array(IceServer) })
  },
  'media:closeTransport': { payload: Exactly({ transportId: Id }), data: Nothing },
  'media:produce': {
    payload: Exactly({
      transportId: Id,
      kind: Type.Literal('audio'),
      rtpParameters: RtpParameters,
      muted: Type.Optional(Type.Boolean())
    }),
    data: Exactly({ producerId: Id })
  },
  'media:consume': {
    payload: Exactly({
      producerId: Id,
      rtpCapabilities: RtpCapabilities,
      joinPackets: Type.Optional(JoinPackets)
    }),
    data: ConsumerParameters
  },
  'media:resumeConsumer': ConsumerRef,
  'media:pauseConsumer': ConsumerRef,
  'media:closeConsumer': ConsumerRef
} as const

export type ClientEvents = typeof clientEvents
export type ClientEventName = keyof ClientEvents
export type Payload<E extends ClientEventName> = Static<ClientEvents[E]['payload']>
export type AckData<E extends ClientEventName> = Static<ClientEvents[E]['data']>

/** The acknowledgement of a command. Every command gets exactly one. */
export type Ack<T> = { ok: true; data: T } | { ok: false; error: WireError }

/** The events in the form that Socket.io takes as types. */
export type ClientToServerEvents = {
  [E in ClientEventName]: (payload: Payload<E>, ack: (answer: Ack<AckData<E>>) => void) => void
}
