import type { RtpCapabilities } from '../../contract/media.ts'
import type { Playback, PlaylistItem } from '../../contract/playback.ts'

/** What the media tells a room, by user and session. The promises never reject. */
export interface AudioListener {
  speaking(levels: { userId: string; volume: number }[]): void
  /** A producer closed without the room asking for it. */
  producerLost(userId: string, producerId: string): Promise<void>
  /** A producer sends more than it may; it is silenced already. */
  overBitrate(userId: string, producerId: string): Promise<void>
  /** What plays is heard from another producer than before. */
  songMoved(producerId: string): Promise<void>
  /** These sessions lost their transports and must make them again. */
  reset(sessionIds: string[], routerRtpCapabilities: RtpCapabilities, reason: string): void
}

/** The audio of one show as its room uses it. Sessions that are gone (or null) have nothing to close or mute. */
export interface RoomAudio {
  /** Lets a finished producer be heard. Throws CONFLICT when it is gone meanwhile. */
  admitProducer(sessionId: string | null, producerId: string, muted: boolean): Promise<void>
  /** Resolves when not one more packet of the session's producer is forwarded. */
  closeProducer(sessionId: string | null): Promise<void>
  /** Resolves when the pause or resume is done in the worker. */
  setMuted(sessionId: string | null, muted: boolean): Promise<void>
  /**
   * Plays a song of ours, or nothing where this is none. Resolves when it is so, with the producer it is heard from; null when it is
   * none, and while the audio is being restored. Throws NOT_FOUND, UNSUPPORTED_MEDIA, UNAVAILABLE; then what played goes on.
   */
  play(playback: Playback): Promise<string | null>
  /** Reads ahead what is likely to be played next. */
  prepare(item: PlaylistItem | undefined): void
  /** Closes everything of a session. */
  leave(sessionId: string): void
  listen(listener: AudioListener): void
  /** Closes everything of the show. */
  close(): Promise<void>
}
