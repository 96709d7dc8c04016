import type { types } from 'mediasoup-client'
import type { AckData } from '../contract/client-events.ts'
import type { DtlsParameters, RtpCapabilities, RtpParameters } from '../contract/media.ts'

/*
 * mediasoup-client's shapes and the contract's are the same on the wire; the library types leave open what the contract bounds.
 */

interface Feedback {
  type: string
  parameter?: string
}
type Plain = Record<string, string | number | boolean | null>

function plain(parameters: Record<string, unknown> = {}): Plain {
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, value]): [string, string | number | boolean][] =>
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? [[name, value]] : []
    )
  )
}

function feedback(list: readonly Feedback[] = []): Feedback[] {
  return list.map(({ type, parameter = '' }) => ({ type, parameter }))
}

/** The router's capabilities, for `Device.load`. */
export function deviceCapabilities({ codecs = [], headerExtensions = [] }: RtpCapabilities): types.RtpCapabilities {
  return {
    codecs: codecs.map(({ rtcpFeedback, parameters, ...codec }) => ({
      ...codec,
      parameters: plain(parameters),
      rtcpFeedback: feedback(rtcpFeedback)
    })),
    headerExtensions: headerExtensions.map(({ uri, ...extension }) => ({ ...extension, uri: extensionUri(uri) }))
  }
}

/** What the device can receive, for `media:consume`. */
export function receivableCapabilities({ codecs = [], headerExtensions = [] }: types.RtpCapabilities): RtpCapabilities {
  return {
    codecs: codecs.map(
      ({ kind, mimeType, preferredPayloadType = 100, clockRate, channels = 2, parameters, rtcpFeedback }) => ({
        kind,
        mimeType,
        preferredPayloadType,
        clockRate,
        channels,
        parameters: plain(parameters),
        rtcpFeedback: feedback(rtcpFeedback)
      })
    ),
    headerExtensions: headerExtensions.map(({ kind, uri, preferredId }) => ({ kind, uri, preferredId }))
  }
}

/** What the device sends, for `media:produce`. */
export function sentParameters({
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
      parameters: plain(parameters),
      rtcpFeedback: feedback(rtcpFeedback)
    })),
    headerExtensions: headerExtensions.map(({ uri, id }) => ({ uri, id })),
    encodings: encodings.map(({ ssrc, dtx }) => ({
      ...(ssrc !== undefined && { ssrc }),
      ...(dtx !== undefined && { dtx })
    })),
    rtcp: { ...(rtcp.cname !== undefined && { cname: rtcp.cname }), reducedSize: rtcp.reducedSize ?? true }
  }
}

/** An answer of `media:createTransport`, for the device. */
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

/** An answer of `media:consume`, for the receive transport. */
export function receiveOptions({
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
    // One person's streams belong together; the song is its own.
    streamId: userId ?? 'song',
    rtpParameters: {
      ...(mid !== undefined && { mid }),
      codecs: codecs.map(({ parameters, rtcpFeedback, ...codec }) => ({
        ...codec,
        parameters: plain(parameters),
        rtcpFeedback: feedback(rtcpFeedback)
      })),
      headerExtensions: headerExtensions.map(({ uri, id }) => ({ uri: extensionUri(uri), id })),
      encodings: encodings.map(({ ssrc }) => (ssrc === undefined ? {} : { ssrc })),
      rtcp
    }
  }
}

/** The device's side of DTLS, for `media:connectTransport`. */
export function wireDtls({ role, fingerprints }: types.DtlsParameters): DtlsParameters {
  return {
    ...(role && { role }),
    fingerprints: fingerprints.map(({ algorithm, value }) => ({ algorithm, value }))
  }
}

/** The server offers these two and no others; see `media/codecs.ts`. */
function extensionUri(
  uri: string
): 'urn:ietf:params:rtp-hdrext:sdes:mid' | 'urn:ietf:params:rtp-hdrext:ssrc-audio-level' {
  return uri === 'urn:ietf:params:rtp-hdrext:sdes:mid' ? uri : 'urn:ietf:params:rtp-hdrext:ssrc-audio-level'
}
