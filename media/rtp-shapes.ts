import type { types } from 'mediasoup'
import type { RtpCapabilities, RtpParameters } from '../contract/media.ts'
import { isUsedHeaderExtension } from './codecs.ts'

/*
 * Conversions between the RTP types of the contract and of mediasoup, which are the same on the wire. They leave out
 * unused fields: other header extensions, and the transport-cc feedback that our workers do not send (see
 * `clientCapabilities`).
 */

/** Converts the parameters that a client sends, for mediasoup's `produce`. */
export function sendParameters({
  mid,
  codecs,
  headerExtensions = [],
  encodings = [],
  rtcp = {}
}: RtpParameters): types.RtpParameters {
  return {
    ...(mid !== undefined && { mid }),
    codecs: codecs.map(({ rtcpFeedback = [], parameters = {}, ...codec }) => ({
      ...codec,
      parameters,
      rtcpFeedback: usedFeedback(rtcpFeedback)
    })),
    headerExtensions: headerExtensions.flatMap(({ uri, id }) => (isUsedHeaderExtension(uri) ? [{ uri, id }] : [])),
    encodings: encodings.map(({ ssrc, dtx }) => ({
      ...(ssrc !== undefined && { ssrc }),
      ...(dtx !== undefined && { dtx })
    })),
    rtcp: { reducedSize: true, ...(rtcp.cname !== undefined && { cname: rtcp.cname }) }
  }
}

/** Converts the capabilities that a client receives with, for mediasoup's `consume`. */
export function receiveCapabilities({ codecs = [], headerExtensions = [] }: RtpCapabilities): types.RtpCapabilities {
  return {
    codecs: codecs.map(({ rtcpFeedback = [], parameters = {}, ...codec }) => ({
      ...codec,
      parameters,
      rtcpFeedback: usedFeedback(rtcpFeedback)
    })),
    headerExtensions: headerExtensions.flatMap(({ kind, uri, preferredId }) =>
      isUsedHeaderExtension(uri) ? [{ kind, uri, preferredId }] : []
    )
  }
}

/** Converts the parameters of a consumer, for the client. */
export function wireParameters({
  mid,
  codecs,
  headerExtensions = [],
  encodings = [],
  rtcp = {}
}: types.RtpParameters): RtpParameters {
  return {
    ...(mid !== undefined && { mid }),
    codecs: codecs.map(({ mimeType, payloadType, clockRate, channels = 2, parameters = {}, rtcpFeedback = [] }) => ({
      mimeType,
      payloadType,
      clockRate,
      channels,
      parameters: plainValues(parameters),
      rtcpFeedback: wireFeedback(rtcpFeedback)
    })),
    headerExtensions: headerExtensions.map(({ uri, id, encrypt = false }) => ({ uri, id, encrypt, parameters: {} })),
    encodings: encodings.map(({ ssrc }) => (ssrc === undefined ? {} : { ssrc })),
    rtcp: { reducedSize: rtcp.reducedSize ?? true, ...(rtcp.cname !== undefined && { cname: rtcp.cname }) }
  }
}

/** Converts the capabilities of a router, for the client. */
export function wireCapabilities({ codecs = [], headerExtensions = [] }: types.RtpCapabilities): RtpCapabilities {
  return {
    codecs: codecs.map(
      ({ kind, mimeType, preferredPayloadType, clockRate, channels = 2, parameters = {}, rtcpFeedback = [] }) => ({
        kind,
        mimeType,
        preferredPayloadType,
        clockRate,
        channels,
        parameters: plainValues(parameters),
        rtcpFeedback: wireFeedback(rtcpFeedback)
      })
    ),
    headerExtensions: headerExtensions.map(
      ({ kind, uri, preferredId, preferredEncrypt = false, direction = 'sendrecv' }) => ({
        kind,
        uri,
        preferredId,
        preferredEncrypt,
        direction
      })
    )
  }
}

interface Feedback {
  type: string
  parameter?: string
}

function usedFeedback(feedback: readonly Feedback[]): Feedback[] {
  return feedback.filter(({ type }) => type !== 'transport-cc')
}

function wireFeedback(feedback: readonly Feedback[]): Feedback[] {
  return feedback.map(({ type, parameter = '' }) => ({ type, parameter }))
}

function plainValues(parameters: Record<string, unknown>): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, value]) =>
      typeof value === 'string' || typeof value === 'number' ? [[name, value]] : []
    )
  )
}
