import { Type, type Static } from 'typebox'
import { DtlsParameters, IceCandidate, IceParameters, IceServer, RtpCapabilities, RtpParameters } from './media.ts'
import { Exactly, Id, Nullable } from './primitives.ts'

/** Fields of the answer for a transport of either direction. */
export const transportFields = {
  id: Id,
  iceParameters: IceParameters,
  iceCandidates: Type.Array(IceCandidate),
  dtlsParameters: DtlsParameters,
  iceServers: Type.Array(IceServer)
}

/** The parameters with which a client receives a producer. `userId` is null for the song. */
export const ConsumerParameters = Exactly({
  consumerId: Id,
  producerId: Id,
  kind: Type.Literal('audio'),
  rtpParameters: RtpParameters,
  userId: Nullable(Id)
})
export type ConsumerParameters = Static<typeof ConsumerParameters>

/** In `media:consume` and `show:join`. */
export const JoinPackets = Type.Boolean({
  description:
    'Whether packets of a voice are joined to longer ones while you have no producer; default true. Say false where ' +
    'the jitter buffer counts packets instead of time'
})

/** In `show:join`: the client is ready to receive. */
export const ReceiveOrder = Exactly(
  { rtpCapabilities: RtpCapabilities, joinPackets: Type.Optional(JoinPackets) },
  {
    description:
      'Creates the receive transport and the consumers with the join. The fields are those of `media:consume`; a ' +
      'client knows its capabilities from `routerRtpCapabilities` of an earlier join'
  }
)
export type ReceiveOrder = Static<typeof ReceiveOrder>

/** In the answer to `show:join`. */
export const Reception = Exactly(
  { transport: Exactly(transportFields), consumers: Type.Array(ConsumerParameters) },
  {
    description:
      'What `receive` has created. The consumers send as soon as the transport is connected. Missing when it could ' +
      'not be created; a producer without a consumer here can be consumed with `media:consume`'
  }
)
export type Reception = Static<typeof Reception>
