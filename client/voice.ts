import { CodedError } from '../contract/errors.ts'
import type { StageMember } from '../contract/snapshot.ts'
import type { MediaSession } from './media-session.ts'
import type { RoomView } from './room-view.ts'

export interface VoiceParts {
  /** The audio there is now. */
  media: () => MediaSession | null
  /** One's own seat on stage, if one has the floor; undefined without it, null while the room is not known. */
  seat: () => StageMember | undefined | null
  changed: (microphone: RoomView['microphone']) => void
  /** The audio can't be used to send. */
  broken: (media: MediaSession) => void
}

/**
 * One's own voice: a track that is sent for as long as one has the floor, also after the audio was made anew. It is silent here
 * from the moment one mutes, before the server knows; and it is heard again only when the server agrees.
 */
export class Voice {
  readonly #parts: VoiceParts
  #track: MediaStreamTrack | null = null
  #hushed = false
  #sending: Promise<void> | null = null

  constructor(parts: VoiceParts) {
    this.#parts = parts
  }

  get on(): boolean {
    return this.#track !== null
  }

  get track(): MediaStreamTrack | null {
    return this.#track
  }

  /** Sends this track, and stops it when it is not needed any more. Throws NO_FLOOR, and whatever keeps it from being sent now. */
  async publish(track: MediaStreamTrack): Promise<void> {
    if (this.#parts.seat() === undefined) {
      track.stop()
      throw new CodedError('NO_FLOOR', "You don't have the floor.")
    }
    if (this.#track !== track) this.#track?.stop()
    this.#track = track
    track.addEventListener('ended', () => {
      if (this.#track === track) this.#parts.changed('failed')
    })
    await this.#sending?.catch(() => {})
    const media = this.#parts.media()
    if (this.#track !== track || !media) return
    if (media.producerId === null) return await this.#send()
    await media.replaceTrack(track)
    this.#parts.changed('on')
  }

  /** Lets the microphone go but not the floor: what is sent from now on is silence. */
  async pause(): Promise<void> {
    this.drop()
    await this.#parts.media()?.replaceTrack(null)
  }

  /** Lets the microphone go. */
  drop(): void {
    const had = this.#track
    this.#track = null
    this.#hushed = false
    had?.stop()
    if (had) this.#parts.changed('off')
  }

  /** Nothing is heard of it from now on, whatever the server says. */
  hush(): void {
    this.#hushed = true
    this.follow()
  }

  /** As loud as the server has it. */
  unhush(): void {
    this.#hushed = false
    this.follow()
  }

  /** The stage, or the audio, is another one: sends, mutes and stops as it says. */
  follow(): void {
    const seat = this.#parts.seat()
    const media = this.#parts.media()
    if (seat === undefined) {
      media?.dropProducer()
      return this.drop()
    }
    if (!seat || !media) return
    if (seat.muted) this.#hushed = false
    media.setMuted(seat.muted || this.#hushed)
    if (this.#sending) return
    if (media.producerId !== null && media.producerId !== seat.producerId) {
      // The server closed it. The creator who steps down keeps the seat and has ended their voice; anything else is mended.
      media.dropProducer()
      if (seat.state === 'granted') return this.drop()
    }
    if (this.#track && media.producerId === null) this.#send().catch(() => {})
  }

  /** One attempt at a time; then what changed meanwhile is followed. */
  async #send(): Promise<void> {
    this.#sending ??= this.#attempt().finally(() => {
      this.#sending = null
    })
    await this.#sending
    this.follow()
  }

  async #attempt(): Promise<void> {
    const { media: current, seat: currentSeat, changed } = this.#parts
    const media = current()
    const seat = currentSeat()
    const track = this.#track
    if (!media || !seat || !track) return
    changed('starting')
    try {
      await media.produce(track, seat.muted || this.#hushed)
      if (this.#track && this.#track !== track) await media.replaceTrack(this.#track)
    } catch (error) {
      // What went to audio that is gone says nothing; the next attempt is at the new one.
      if (media !== current() || !this.#track) return
      if (!this.#mends(media, error)) changed('failed')
      throw error
    }
    if (media !== current()) return
    if (this.#track) changed('on')
    else media.dropProducer()
  }

  /** Whether the audio is made anew because of this, and the voice with it. */
  #mends(media: MediaSession, error: unknown): boolean {
    const mends = error instanceof CodedError && mendable.has(error.code)
    if (mends) this.#parts.broken(media)
    return mends
  }
}

/** Refusals that say: the transport, or the producer, is not what we think. */
const mendable: ReadonlySet<string> = new Set(['NOT_FOUND', 'CONFLICT', 'UNAVAILABLE'])
