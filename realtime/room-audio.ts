import type { RtpCapabilities } from '../contract/media.ts'

/** What the media tells a room, by user and session. The promises never reject. */
export interface AudioListener {
  speaking (levels: { userId: string, volume: number }[]): void
  /** A producer closed without the room asking for it. */
  producerLost (userId: string, producerId: string): Promise<void>
  /** A producer sends more than it may; it is silenced already. */
  overBitrate (userId: string, producerId: string): Promise<void>
  /** These sessions lost their transports and must make them again. */
  reset (sessionIds: string[], routerRtpCapabilities: RtpCapabilities, reason: string): void
}

/** The audio of one show as its room uses it. Sessions that are gone (or null) have nothing to close or mute. */
export interface RoomAudio {
  /** Lets a finished producer be heard. Throws CONFLICT when it is gone meanwhile. */
  admitProducer (sessionId: string | null, producerId: string, muted: boolean): Promise<void>
  /** Resolves when not one more packet of the session's producer is forwarded. */
  closeProducer (sessionId: string | null): Promise<void>
  /** Resolves when the pause or resume is done in the worker. */
  setMuted (sessionId: string | null, muted: boolean): Promise<void>
  /** Closes everything of a session. */
  leave (sessionId: string): void
  listen (listener: AudioListener): void
  /** Closes everything of the show. */
  close (): Promise<void>
}
