import type { types } from 'mediasoup'
import type { RtpCapabilities } from '../contract/media.ts'
import { isUsedHeaderExtension } from './codecs.ts'
import { wireCapabilities } from './rtp-shapes.ts'

/**
 * Returns the router's capabilities for clients, without `transport-cc`: our worker sends no such feedback, and a
 * browser that waits for it lowers its bandwidth estimate until nothing is left.
 */
export function clientCapabilities(router: types.Router): RtpCapabilities {
  const { codecs = [], headerExtensions = [] } = router.rtpCapabilities
  return wireCapabilities({
    codecs: codecs.flatMap(({ preferredPayloadType, rtcpFeedback = [], ...codec }) =>
      codec.kind === 'audio' && preferredPayloadType !== undefined
        ? [{ ...codec, preferredPayloadType, rtcpFeedback: rtcpFeedback.filter(({ type }) => type !== 'transport-cc') }]
        : []
    ),
    headerExtensions: headerExtensions.filter(({ kind, uri }) => kind === 'audio' && isUsedHeaderExtension(uri))
  })
}
