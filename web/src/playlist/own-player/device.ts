/** A player of somebody's own, told what to do; positions in ms from the beginning of the track. */
export interface Device {
  /** Starts it, and resolves when it can be told what to play. Rejects with DeviceFault. */
  connect(): Promise<void>
  disconnect(): void
  now(): Promise<DeviceState | null>
  /** Plays a track from there. Rejects with DeviceFault. */
  start(trackId: string, positionMs: number): Promise<void>
  pause(): Promise<void>
  resume(): Promise<void>
  seek(positionMs: number): Promise<void>
}

/** What a player does at this moment. Spotify may play another issue of a track than was asked for: then it has two ids. */
export interface DeviceState {
  readonly trackIds: readonly string[]
  readonly positionMs: number
  readonly isPaused: boolean
}

/** Why somebody's own player does not play. */
export type DeviceFaultReason =
  'notLoaded' | 'browser' | 'link' | 'premium' | 'track' | 'tap' | 'gone' | 'busy' | 'unknown'

export class DeviceFault extends Error {
  readonly reason: DeviceFaultReason

  constructor(reason: DeviceFaultReason) {
    super(reason)
    this.name = 'DeviceFault'
    this.reason = reason
  }
}
