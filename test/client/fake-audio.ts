import { FakeMediaStreamTrack } from 'fake-mediastreamtrack'
import * as fakeParameters from 'mediasoup-client/fakeParameters'
import { FakeHandler } from 'mediasoup-client/handlers/FakeHandler'
import type { types } from 'mediasoup-client'
import type { AckData } from '../../contract/client-events.ts'
import type { RtpCapabilities, RtpParameters } from '../../contract/media.ts'
import type { DuckingSetting, GainRamp, SoundKind, SoundOutput, Volumes } from '../../client/index.ts'

interface FakeTransport {
  direction: 'send' | 'recv'
  handler: FakeHandler
  iceTransportPolicy: RTCIceTransportPolicy | undefined
}

/**
 * Creates WebRTC without a network, with the fake handler of mediasoup-client. `transports` are in order of creation.
 */
export function createFakeWebRtc(): { handlerFactory: types.HandlerFactory; transports: FakeTransport[] } {
  const transports: FakeTransport[] = []
  const { factory, ...rest } = FakeHandler.createFactory(fakeParameters)
  return {
    transports,
    handlerFactory: {
      ...rest,
      factory(options) {
        const handler = factory(options) as FakeHandler
        transports.push({ direction: options.direction, handler, iceTransportPolicy: options.iceTransportPolicy })
        return handler
      }
    }
  }
}

/** Creates the track of a silent microphone. */
export function createFakeTrack(): FakeMediaStreamTrack {
  return new FakeMediaStreamTrack({ kind: 'audio' })
}

/** A sound output that plays nothing and records what it should play, by consumer id. */
export interface RecordedSound extends SoundOutput {
  readonly playing: Map<string, SoundKind>
  readonly ducking: DuckingSetting | null
  /** Gain that hosts chose for songs. */
  readonly songLevel: number
  /** Fades of songs, by the clock of the client, each time that they were set. */
  readonly fades: (readonly GainRamp[])[]
  /** Elements of `playing` that are jingles. */
  readonly jingles: Set<string>
}

export function createRecordedSound(): RecordedSound {
  const playing = new Map<string, SoundKind>()
  const listeners = new Set<() => void>()
  let volumes: Volumes = { voice: 1, song: 1 }
  let ducking: DuckingSetting | null = null
  const jingles = new Set<string>()
  let songLevel = 1
  const fades: (readonly GainRamp[])[] = []
  let isPaused = false
  const notify = () => {
    for (const listener of [...listeners]) listener()
  }
  return {
    playing,
    jingles,
    fades,
    setSongFade(ramps) {
      fades.push(ramps)
    },
    get songLevel() {
      return songLevel
    },
    setSongLevel(gain) {
      songLevel = gain
    },
    add(id, _track, kind, _userId, isJingle) {
      playing.set(id, kind)
      if (isJingle) jingles.add(id)
    },
    remove(id) {
      playing.delete(id)
      jingles.delete(id)
    },
    get volumes() {
      return volumes
    },
    setVolume(kind, volume) {
      volumes = { ...volumes, [kind]: volume }
      notify()
    },
    get ducking() {
      return ducking
    },
    setDucking(setting) {
      ducking = setting
    },
    isLocked: false,
    get isPaused() {
      return isPaused
    },
    pause() {
      isPaused = true
      notify()
    },
    async unlock() {
      isPaused = false
      notify()
    },
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

/** The capabilities of our routers. */
export const routerRtpCapabilities: RtpCapabilities = {
  codecs: [{ ...opus, kind: 'audio', preferredPayloadType: 100 }],
  headerExtensions: [{ kind: 'audio', uri: audioLevel, preferredId: 10 }]
}

/** Creates the answer of a server to `media:createTransport`. */
export function createTransportAnswer(id: string): AckData<'media:createTransport'> {
  const { iceParameters, dtlsParameters } = fakeParameters.generateTransportRemoteParameters()
  return { id, iceParameters, iceCandidates: [], dtlsParameters, iceServers: [] }
}

/** Creates the RTP parameters with which a voice is received. */
export function createReceivedParameters(ssrc: number): RtpParameters {
  return {
    codecs: [{ ...opus, payloadType: 100 }],
    headerExtensions: [{ uri: audioLevel, id: 10 }],
    encodings: [{ ssrc }],
    rtcp: { cname: `voice-${ssrc}` }
  }
}
