import type { types } from 'mediasoup-client'
import * as fakeParameters from 'mediasoup-client/fakeParameters'
import { FakeHandler } from 'mediasoup-client/handlers/FakeHandler'
import { audioLevelUri } from '../../contract/media.ts'
import { openVoicePeer, type VoicePeer } from './voice-peer.ts'
import type { DemoVoice } from './voices.ts'

const opusPayloadType = 100

/** The capabilities of this program: Opus, with the level of each packet. */
const capabilities: types.RtpCapabilities = {
  codecs: [
    {
      kind: 'audio',
      mimeType: 'audio/opus',
      preferredPayloadType: opusPayloadType,
      clockRate: 48_000,
      channels: 2,
      parameters: {},
      rtcpFeedback: []
    }
  ],
  headerExtensions: [{ kind: 'audio', uri: audioLevelUri, preferredId: 1, preferredEncrypt: false }]
}

/**
 * Returns WebRTC for the SDK in Node.js that sends a voice in place of a microphone, and receives nothing. The handler
 * of mediasoup-client for tests keeps the books; the connection that sends is real.
 */
export function createVoiceWebRtc(voice: DemoVoice): types.HandlerFactory {
  return {
    name: 'DemoVoice',
    getNativeRtpCapabilities: async () => structuredClone(capabilities),
    factory(options) {
      let peer: VoicePeer | undefined
      const handler = FakeHandler.createFactory({
        generateNativeRtpCapabilities: () => structuredClone(capabilities),
        generateLocalDtlsParameters() {
          if (options.direction === 'recv') return fakeParameters.generateLocalDtlsParameters()
          peer = openVoicePeer(options, voice, opusPayloadType)
          return peer.dtlsParameters
        }
      }).factory(options)
      const send = handler.send.bind(handler)
      handler.send = async sending => {
        const result = await send(sending)
        const { codecs, encodings, headerExtensions = [] } = result.rtpParameters
        peer?.start({
          ssrc: encodings?.[0]?.ssrc ?? 0,
          payloadType: codecs[0]?.payloadType ?? opusPayloadType,
          levelId: headerExtensions.find(({ uri }) => uri === audioLevelUri)?.id
        })
        return result
      }
      handler.on('@close', () => peer?.close())
      return handler
    }
  }
}
