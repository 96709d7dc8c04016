import { opusPayloadType } from '../../media/codecs.ts'
import type { ServerTransport } from '../media/rtc-peer.ts'
import { startPeerProgram, type PeerCounts, type Talk } from './peer-program.ts'

/** Id of the header extension of the audio level, as `opusSendParameters` has it. */
const audioLevelId = 1

/** A server's transport as the program takes it. */
interface TransportAddress {
  ip: string
  port: number
  usernameFragment: string
  password: string
}

/** WebRTC peers (ICE, DTLS, SRTP) in a process of their own that costs little CPU. */
export interface WebRtcPeers {
  /** The DTLS parameters of every peer. */
  readonly dtlsParameters: { role: 'client'; fingerprints: { algorithm: 'sha-256'; value: string }[] }
  /** Connects to a server's transport that knows the DTLS parameters. Returns the number of the peer. */
  connect(transport: ServerTransport): Promise<number>
  speak(peer: number, ssrc: number, talk: Talk): Promise<void>
  silence(peer: number): Promise<void>
  count(): Promise<PeerCounts>
  /** Ends the process. */
  end(): void
}

/** Starts the process on one core of the machine. */
export async function startWebRtcPeers(core: number): Promise<WebRtcPeers> {
  const program = await startPeerProgram<TransportAddress>('peers', core)
  const { greeting } = program
  if (typeof greeting !== 'object' || !greeting || !('fingerprint' in greeting)) throw new Error('no fingerprint')
  return {
    ...program,
    dtlsParameters: { role: 'client', fingerprints: [{ algorithm: 'sha-256', value: String(greeting.fingerprint) }] },
    async connect({ iceParameters, iceCandidates }) {
      const candidate = iceCandidates.find(({ protocol }) => protocol === 'udp')
      if (!candidate) throw new Error('the server offers no UDP')
      return await program.connect({ ip: candidate.ip, port: candidate.port, ...iceParameters })
    },
    speak: async (peer, ssrc, talk) =>
      await program.speak(peer, talk, { ssrc, payloadType: opusPayloadType, levelId: audioLevelId })
  }
}
