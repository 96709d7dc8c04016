import type { RtpCapabilities, TransportFailed } from '../../contract/media.ts'
import type { SpeakingLevel } from '../../contract/speaking.ts'
import type { JinglePlayback } from './jingle-playback.ts'
import type { SongPlayback } from './song-playback.ts'

/** Handlers of the media events of a room. The promises never reject. */
export interface AudioListener {
  onSpeaking(levels: SpeakingLevel[]): void
  /** The same without the levels of other nodes. */
  onOwnSpeaking(levels: SpeakingLevel[]): void
  /** A producer closed without the room asking for it. */
  onProducerLost(userId: string, producerId: string): Promise<void>
  /** The first packet of a producer has arrived. */
  onVoiceHeard(userId: string, producerId: string): Promise<void>
  /** A producer exceeds its bit rate; it is paused already. */
  onOverBitrate(userId: string, producerId: string): Promise<void>
  /** The song comes from another producer than before. */
  onSongMoved(producerId: string): Promise<void>
  /** Jingles come from another producer than before. */
  onJingleMoved(producerId: string): Promise<void>
  /** A transport of the presence does not work. */
  onTransportFailed(presenceId: string, failure: TransportFailed): void
  /** These presences lost their transports and must create them again. */
  onReset(presenceIds: string[], routerRtpCapabilities: RtpCapabilities, reason: string): void
}

/**
 * The audio of one show as its room uses it: the voices, and the song (SongPlayback). A presence that is gone (or null)
 * has nothing to close or mute.
 */
export interface RoomAudio extends SongPlayback {
  readonly jingles: JinglePlayback
  /** Makes a created producer audible. Throws CONFLICT when it is gone in the meantime. */
  admitProducer(presenceId: string | null, producerId: string, muted: boolean): Promise<void>
  /** Resolves when no further packet of the presence's producer is forwarded. */
  closeProducer(presenceId: string | null): Promise<void>
  /** Resolves when the worker has paused or resumed the producer. */
  setMuted(presenceId: string | null, muted: boolean): Promise<void>
  /** Closes everything of a presence. */
  leave(presenceId: string): void
  /** The producer with which a presence here can be heard, muted or not; null when it has none. */
  producerOf(presenceId: string): string | null
  /** Takes the levels of the speakers on another node. They count for 2.5 s. */
  addRemoteLevels(nodeId: string, levels: SpeakingLevel[]): void
  /** Sends the events to this listener from now on, instead of the one before. */
  listen(listener: AudioListener): void
  /** Closes everything of the show. */
  close(): Promise<void>
}
