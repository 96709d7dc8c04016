import { CodedError } from '../contract/errors.ts'
import type { StageMember } from '../contract/snapshot.ts'
import type { MediaSession } from './media-session.ts'
import type { Clock } from './clock.ts'
import { isRetryable } from './retryable.ts'
import type { RoomView } from './room-view.ts'
import { watchTrack } from './track-watch.ts'

export interface VoiceParts {
  getMediaSession: () => MediaSession | null
  /** Returns the user's seat on stage: undefined without the floor, null before the room is known. */
  getSeat: () => StageMember | undefined | null
  onChange: (change: Partial<Pick<RoomView, 'microphone' | 'microphoneFault'>>) => void
  clock: Pick<Clock, 'after'>
  /** The media session cannot send: it has to be created again. */
  onBroken: (session: MediaSession) => void
}

/** Errors after which client and server disagree about the transport or the producer. */
const brokenSessionCodes: ReadonlySet<string> = new Set(['NOT_FOUND', 'CONFLICT', 'UNAVAILABLE'])

/**
 * The user's own voice: a track that is sent while the user has the floor, also with a new media session. Muting takes
 * effect here before the server knows, and unmuting only when the server agrees.
 */
export class Voice {
  readonly #parts: VoiceParts
  #track: MediaStreamTrack | null = null
  #isClosed = false
  #stopWatching: (() => void) | undefined
  #isMutedLocally = false
  /** Number of the user's mutes that the server has not answered. */
  #pendingMutes = 0
  #sending: Promise<void> | null = null

  constructor(parts: VoiceParts) {
    this.#parts = parts
  }

  get isPublishing(): boolean {
    return this.#track !== null
  }

  get track(): MediaStreamTrack | null {
    return this.#track
  }

  /**
   * Sends a track, and stops it when it is no longer needed. Throws NO_FLOOR, NOT_IN_SHOW after the room has closed, or
   * the error that prevents sending.
   */
  async publish(track: MediaStreamTrack): Promise<void> {
    const refusal = this.#findRefusal()
    if (refusal) {
      track.stop()
      throw refusal
    }
    if (this.#track !== track) this.#track?.stop()
    this.#track = track
    // One change: a fault that is over beside a microphone that still counts as failed would be reported as another.
    this.#parts.onChange({ microphone: 'starting', microphoneFault: null })
    this.#watch(track)
    await this.#sending?.catch(() => {})
    const session = this.#parts.getMediaSession()
    if (this.#track !== track || !session) return
    if (session.producerId === null) return await this.#send()
    try {
      await session.replaceTrack(track)
    } catch (error) {
      if (this.#track === track) this.#parts.onChange({ microphone: 'failed' })
      throw error
    }
    if (this.#track === track) this.#parts.onChange({ microphone: sentStateOf(track) })
  }

  /** Releases the microphone and sends silence instead. Keeps the floor. */
  async pause(): Promise<void> {
    this.stop()
    await this.#parts.getMediaSession()?.replaceTrack(null)
  }

  /** Releases the microphone. */
  stop(): void {
    const track = this.#track
    this.#track = null
    this.#isMutedLocally = false
    this.#stopWatching?.()
    track?.stop()
    if (track) this.#parts.onChange({ microphone: 'off', microphoneFault: null })
  }

  /** Releases the microphone for good: one that opens after the room has closed is released at once. */
  close(): void {
    this.#isClosed = true
    this.stop()
  }

  #findRefusal(): CodedError | undefined {
    if (this.#isClosed) return new CodedError('NOT_IN_SHOW', 'You are no longer in the show.')
    return this.#parts.getSeat() === undefined ? new CodedError('NO_FLOOR', "You don't have the floor.") : undefined
  }

  #watch(track: MediaStreamTrack): void {
    this.#stopWatching?.()
    this.#stopWatching = watchTrack(track, this.#parts.clock, microphoneFault =>
      this.#parts.onChange({ microphoneFault, ...(microphoneFault === 'ended' && { microphone: 'failed' }) })
    )
  }

  /**
   * Mutes the user on the server with `send`. Sends no sound from now on, also when the server does not answer or takes
   * no more commands for a moment.
   */
  async mute(send: () => Promise<void>): Promise<void> {
    this.#isMutedLocally = true
    this.#pendingMutes++
    this.sync()
    try {
      await send()
    } catch (error) {
      if (error instanceof CodedError && !isRetryable(error)) this.#isMutedLocally = false
      throw error
    } finally {
      this.#pendingMutes--
      this.sync()
    }
  }

  /** Unmutes the user on the server with `send`, and here unless the user has muted themselves since. */
  async unmute(send: () => Promise<void>): Promise<void> {
    await send()
    if (this.#pendingMutes > 0) return
    this.#isMutedLocally = false
    this.sync()
  }

  /** Called when the stage or the media session has changed: sends, mutes and stops accordingly. */
  sync(): void {
    const seat = this.#parts.getSeat()
    const session = this.#parts.getMediaSession()
    if (seat === undefined) {
      session?.closeProducer()
      return this.stop()
    }
    if (!seat || !session) return
    // Before it answers a mute, the server may unmute the user, as they had asked for earlier.
    if (seat.muted && this.#pendingMutes === 0) this.#isMutedLocally = false
    session.setMuted(seat.muted || this.#isMutedLocally)
    if (this.#sending) return
    if (session.producerId !== null && session.producerId !== seat.producerId) {
      // The server has closed the producer. A creator who steps down keeps the seat and ends the voice; in other cases
      // the voice is sent again.
      session.closeProducer()
      if (seat.state === 'granted') return this.stop()
    }
    if (this.#track && session.producerId === null) this.#send().catch(() => {})
  }

  /** Starts sending, one attempt at a time, then applies changes that were made meanwhile. */
  async #send(): Promise<void> {
    this.#sending ??= this.#attempt().finally(() => {
      this.#sending = null
    })
    await this.#sending
    this.sync()
  }

  async #attempt(): Promise<void> {
    const { getMediaSession, getSeat, onChange, onBroken } = this.#parts
    const session = getMediaSession()
    const seat = getSeat()
    const track = this.#track
    if (!session || !seat || !track) return
    onChange({ microphone: 'starting' })
    try {
      await session.produce(track, seat.muted || this.#isMutedLocally)
      if (this.#track && this.#track !== track) await session.replaceTrack(this.#track)
    } catch (error) {
      // The failure of a replaced session means nothing: the next attempt uses the new one.
      if (session !== getMediaSession() || !this.#track) return
      if (error instanceof CodedError && brokenSessionCodes.has(error.code)) onBroken(session)
      else onChange({ microphone: 'failed' })
      throw error
    }
    if (session !== getMediaSession()) return
    if (this.#track) onChange({ microphone: sentStateOf(this.#track) })
    else session.closeProducer()
  }
}

/** Returns the state of a microphone that is sent. One that has ended is heard by nobody. */
function sentStateOf({ readyState }: MediaStreamTrack): 'on' | 'failed' {
  return readyState === 'live' ? 'on' : 'failed'
}
