import { Type, type Static, type TSchema } from 'typebox'
import { CodedError } from '../../contract/errors.ts'
import { RtpParameters } from '../../contract/media.ts'
import { Exactly, Id, Nullable } from '../../contract/primitives.ts'
import type { PeersParts } from './peers.ts'

/*
 * The questions of links between nodes. The node that needs a voice is the listener, the one that has it is the origin.
 * The listener opens a link to the origin, which carries voices to the listener only. Two nodes that need voices of
 * each other have two links, so that neither has to give way when both open one at the same moment.
 */

/** The listener chooses the id of a link. */
const link = { showId: Id, linkId: Id }
const maxVoices = 256
const ProducerIds = Type.Array(Id, { maxItems: maxVoices })

/** An encrypted offer, see `SealedBox`. */
const SealedOffer = Exactly({
  kid: Type.String({ minLength: 1, maxLength: 256 }),
  box: Type.String({ minLength: 1, maxLength: 2048 })
})

/** An offer, after it was opened. */
export const Offer = Exactly({
  address: Type.String({ minLength: 1, maxLength: 253 }),
  port: Type.Integer({ minimum: 1, maximum: 65_535 }),
  srtpParameters: Exactly({
    cryptoSuite: Type.Literal('AEAD_AES_256_GCM'),
    keyBase64: Type.String({ minLength: 1, maxLength: 128 })
  })
})

/** Listener to origin, `link:open`: open your end and connect it. The answer has the origin's offer. */
export const OpenLink = Exactly({ ...link, offer: SealedOffer })
export const LinkOpened = Exactly({ offer: SealedOffer })

/** Listener to origin, `link:close`. */
export const CloseLink = Exactly(link)

/** Origin to listener, `link:lost`: the origin's end is gone. The voices that remain can be sent over another link. */
export const LostLink = Exactly({ ...link, remaining: ProducerIds })

/**
 * Listener to origin, `voice:send`. Refused with CONFLICT when the link is unknown, NOT_FOUND for the voice. When
 * `origin` is another node, the asked one relays the voice of that node.
 */
export const SendVoice = Exactly({ ...link, producerId: Id, origin: Id })
export const VoiceSent = Exactly({
  producerId: Id,
  userId: Nullable(Id),
  rtpParameters: RtpParameters,
  paused: Type.Boolean()
})

/** Listener to origin, `voice:stop`. Answered when no further packet is sent. */
export const StopVoice = Exactly({ ...link, producerId: Id })

/** Listener to origin, `voice:check`: how many packets were sent of these voices? Null: it is not sent. */
export const CheckVoices = Exactly({ ...link, producerIds: ProducerIds })
export const VoicesChecked = Exactly({
  packets: Type.Array(Nullable(Type.Integer({ minimum: 0 })), { maxItems: maxVoices })
})

/**
 * Returns a function that returns data which fits the schema. It throws UNAVAILABLE for other data, which only a node
 * of another version, or somebody else, can have sent.
 */
export function checkedBy<S extends TSchema>(compile: PeersParts['compile'], schema: S): (data: unknown) => Static<S> {
  const findIssues = compile(schema)
  return data => {
    if (!fits<S>(data, findIssues)) throw new CodedError('UNAVAILABLE', 'Another node answered something unknown.')
    return data
  }
}

function fits<S extends TSchema>(data: unknown, findIssues: ReturnType<PeersParts['compile']>): data is Static<S> {
  return findIssues(data) === null
}
