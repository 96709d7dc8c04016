import { FakeMediaStreamTrack } from 'fake-mediastreamtrack'
import * as fakeParameters from 'mediasoup-client/fakeParameters'
import { FakeHandler } from 'mediasoup-client/handlers/FakeHandler'
import type { types } from 'mediasoup-client'
import type { AckData } from '../../contract/client-events.ts'
import type { RtpCapabilities, RtpParameters } from '../../contract/media.ts'
import type { DuckingSetting, SoundKind, SoundOutput, Volumes } from '../../client/index.ts'

interface MadeTransport {
  direction: 'send' | 'recv'
  handler: FakeHandler
  iceTransportPolicy: RTCIceTransportPolicy | undefined
}

/** WebRTC without a network: mediasoup-client's own fake, and the transports made with it in order. */
export function createFakeWebRtc(): { handlerFactory: types.HandlerFactory; made: MadeTransport[] } {
  const made: MadeTransport[] = []
  const { factory, ...rest } = FakeHandler.createFactory(fakeParameters)
  return {
    made,
    handlerFactory: {
      ...rest,
      factory(options) {
        const handler = factory(options) as FakeHandler
        made.push({ direction: options.direction, handler, iceTransportPolicy: options.iceTransportPolicy })
        return handler
      }
    }
  }
}

/** A microphone's track, still. */
export function fakeTrack(): FakeMediaStreamTrack {
  return new FakeMediaStreamTrack({ kind: 'audio' })
}

/** Plays nothing and remembers what it should play, by consumer. */
export interface RecordedSound extends SoundOutput {
  readonly playing: Map<string, SoundKind>
  readonly ducking: DuckingSetting | null
}

export function recordSound(): RecordedSound {
  const playing = new Map<string, SoundKind>()
  const listeners = new Set<() => void>()
  let volumes: Volumes = { voice: 1, song: 1 }
  let ducking: DuckingSetting | null = null
  return {
    playing,
    add(id, _track, kind) {
      playing.set(id, kind)
    },
    remove(id) {
      playing.delete(id)
    },
    get volumes() {
      return volumes
    },
    setVolume(kind, volume) {
      volumes = { ...volumes, [kind]: volume }
      for (const listener of [...listeners]) listener()
    },
    get ducking() {
      return ducking
    },
    setDucking(setting) {
      ducking = setting
    },
    isLocked: false,
    async unlock() {},
    subscribe(changed) {
      listeners.add(changed)
      return () => {
        listeners.delete(changed)
      }
    }
  }
}

const opus = { mimeType: 'audio/opus', clockRate: 48000, channels: 2, parameters: {}, rtcpFeedback: [] }
const audioLevel = 'urn:ietf:params:rtp-hdrext:ssrc-audio-level'

/** What our routers can do. */
export const routerRtpCapabilities: RtpCapabilities = {
  codecs: [{ ...opus, kind: 'audio', preferredPayloadType: 100 }],
  headerExtensions: [{ kind: 'audio', uri: audioLevel, preferredId: 10 }]
}

/** A transport as the server would make it. */
export function transportAnswer(id: string): AckData<'media:createTransport'> {
  const { iceParameters, dtlsParameters } = fakeParameters.generateTransportRemoteParameters()
  return { id, iceParameters, iceCandidates: [], dtlsParameters, iceServers: [] }
}

/** What somebody's voice looks like to who receives it. */
export function receivedParameters(ssrc: number): RtpParameters {
  return {
    codecs: [{ ...opus, payloadType: 100 }],
    headerExtensions: [{ uri: audioLevel, id: 10 }],
    encodings: [{ ssrc }],
    rtcp: { cname: `voice-${ssrc}` }
  }
}
