/** A music player that can be controlled. Positions are in ms from the start of the track. */
export interface PlayerDevice {
  /**
   * Starts the player, and resolves when it can be controlled.
   * @throws PlayerError
   */
  connect(): Promise<void>
  disconnect(): void
  /** Returns what the player does now; null when it has no track. */
  getState(): Promise<PlayerState | null>
  /**
   * Plays a track from a position.
   * @throws PlayerError
   */
  start(trackId: string, positionMs: number): Promise<void>
  pause(): Promise<void>
  resume(): Promise<void>
  seek(positionMs: number): Promise<void>
}

export interface PlayerState {
  /** The ids of the track. Spotify may play another release of the requested track, which then has two ids. */
  readonly trackIds: readonly string[]
  readonly positionMs: number
  readonly isPaused: boolean
}

/** The reason why a player cannot play. */
export type PlayerErrorReason =
  'notLoaded' | 'browser' | 'link' | 'premium' | 'track' | 'tap' | 'gone' | 'busy' | 'unknown'

export class PlayerError extends Error {
  readonly reason: PlayerErrorReason

  constructor(reason: PlayerErrorReason) {
    super(reason)
    this.name = 'PlayerError'
    this.reason = reason
  }
}
