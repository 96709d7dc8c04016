import type { RtpCapabilities, TransportFailed } from '../contract/media.ts'
import type { SpeakingLevel } from '../contract/speaking.ts'

export interface ShowAudioEvents {
  /** Levels of the speakers, about every 500 ms; one empty list when all are quiet. */
  speaking: [levels: SpeakingLevel[]]
  /** The same without the levels that `addRemoteLevels` brought: those of the speakers on this node. */
  ownSpeaking: [levels: SpeakingLevel[]]
  /** An admitted producer closed by itself: its transport or its worker is gone. */
  producerLost: [userId: string, producerId: string]
  /** The first packet of an admitted producer has arrived. */
  voiceHeard: [userId: string, producerId: string]
  /** The producer sends more than the limit. It is paused already. */
  overBitrate: [userId: string, producerId: string]
  /** A transport of this presence does not work. */
  transportFailed: [presenceId: string, failure: TransportFailed]
  /** These presences lost all their media objects and continue with none, on another worker. */
  reset: [presenceIds: string[], rtpCapabilities: RtpCapabilities, reason: string]
  /**
   * A participant that joined while there was something to hear was sent its first packet, `waitedMs` after it asked to
   * join.
   */
  firstPacket: [waitedMs: number]
  /** A participant consumed a producer that sounds, and was sent no packet for 15 s. */
  firstPacketTimeout: []
}
