import type { types } from 'mediasoup-client'
import type { AckData } from '../contract/client-events.ts'
import type { DtlsParameters, RtpCapabilities, RtpParameters } from '../contract/media.ts'

/*
 * Conversions between the types of mediasoup-client and of the contract. Both are the same on the wire, but the
 * contract has stricter types.
 */

interface Feedback {
  type: string
  parameter?: string
}
type ScalarParameters = Record<string, string | number | boolean | null>

/** Returns the parameters whose values are scalars, since the contract allows no others. */
function scalarParameters(parameters: Record<string, unknown> = {}): ScalarParameters {
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, value]): [string, string | number | boolean][] =>
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? [[name, value]] : []
    )
  )
}

function toFeedback(list: readonly Feedback[] = []): Feedback[] {
  return list.map(({ type, parameter = '' }) => ({ type, parameter }))
}

/** Converts the capabilities of the router for `Device.load`. */
export function deviceCapabilities({ codecs = [], headerExtensions = [] }: RtpCapabilities): types.RtpCapabilities {
  return {
    codecs: codecs.map(({ rtcpFeedback, parameters, ...codec }) => ({
      ...codec,
      parameters: scalarParameters(parameters),
      rtcpFeedback: toFeedback(rtcpFeedback)
    })),
    headerExtensions: headerExtensions.map(({ uri, ...extension }) => ({ ...extension, uri: extensionUri(uri) }))
  }
}

/** Converts the capabilities that the device can receive for `media:consume`. */
export function receiveCapabilities({ codecs = [], headerExtensions = [] }: types.RtpCapabilities): RtpCapabilities {
  return {
    codecs: codecs.map(
      ({ kind, mimeType, preferredPayloadType = 100, clockRate, channels = 2, parameters, rtcpFeedback }) => ({
        kind,
        mimeType,
        preferredPayloadType,
        clockRate,
        channels,
        parameters: scalarParameters(parameters),
        rtcpFeedback: toFeedback(rtcpFeedback)
      })
    ),
    headerExtensions: headerExtensions.map(({ kind, uri, preferredId }) => ({ kind, uri, preferredId }))
  }
}

/** Converts the parameters that the device sends for `media:produce`. */
export function sendParameters({
  mid,
  codecs,
  headerExtensions = [],
  encodings = [],
  rtcp = {}
}: types.RtpParameters): RtpParameters {
  return {
    ...(mid !== undefined && { mid }),
    codecs: codecs.map(({ mimeType, payloadType, clockRate, channels = 2, parameters, rtcpFeedback }) => ({
      mimeType,
      payloadType,
      clockRate,
      channels,
      parameters: scalarParameters(parameters),
      rtcpFeedback: toFeedback(rtcpFeedback)
    })),
    headerExtensions: headerExtensions.map(({ uri, id }) => ({ uri, id })),
    encodings: encodings.map(({ ssrc, dtx }) => ({
      ...(ssrc !== undefined && { ssrc }),
      ...(dtx !== undefined && { dtx })
    })),
    rtcp: { ...(rtcp.cname !== undefined && { cname: rtcp.cname }), reducedSize: rtcp.reducedSize ?? true }
  }
}

/** Converts the answer of `media:createTransport` for the device. */
export function transportOptions({
  id,
  iceParameters,
  iceCandidates,
  dtlsParameters,
  iceServers
}: AckData<'media:createTransport'>): types.TransportOptions {
  return {
    id,
    iceParameters: { iceLite: true, ...iceParameters },
    iceCandidates: iceCandidates.map(({ type, tcpType, ...candidate }) => ({
      ...candidate,
      type: 'host',
      ...(tcpType !== undefined && { tcpType: 'passive' })
    })),
    dtlsParameters,
    iceServers
  }
}

/** Converts the answer of `media:consume` for the receive transport. */
export function consumerOptions({
  consumerId,
  producerId,
  kind,
  rtpParameters,
  userId
}: AckData<'media:consume'>): types.ConsumerOptions {
  const { headerExtensions = [], codecs, encodings = [], rtcp = {}, mid } = rtpParameters
  return {
    id: consumerId,
    producerId,
    kind,
    // The streams of one user belong together. The song has a stream of its own.
    streamId: userId ?? 'song',
    rtpParameters: {
      ...(mid !== undefined && { mid }),
      codecs: codecs.map(({ parameters, rtcpFeedback, ...codec }) => ({
        ...codec,
        parameters: scalarParameters(parameters),
        rtcpFeedback: toFeedback(rtcpFeedback)
      })),
      headerExtensions: headerExtensions.map(({ uri, id }) => ({ uri: extensionUri(uri), id })),
      encodings: encodings.map(({ ssrc }) => (ssrc === undefined ? {} : { ssrc })),
      rtcp
    }
  }
}

/** Converts the DTLS parameters of the device for `media:connectTransport`. */
export function wireDtlsParameters({ role, fingerprints }: types.DtlsParameters): DtlsParameters {
  return {
    ...(role && { role }),
    fingerprints: fingerprints.map(({ algorithm, value }) => ({ algorithm, value }))
  }
}

/** Narrows the URI of a header extension to the two that the server offers, see `media/codecs.ts`. */
function extensionUri(
  uri: string
): 'urn:ietf:params:rtp-hdrext:sdes:mid' | 'urn:ietf:params:rtp-hdrext:ssrc-audio-level' {
  return uri === 'urn:ietf:params:rtp-hdrext:sdes:mid' ? uri : 'urn:ietf:params:rtp-hdrext:ssrc-audio-level'
}
