import type { OpenedSong, ShowSong } from './show-song.ts'
import type { SongSource } from './song-source.ts'

/**
 * Listeners need this long to receive a producer that did not exist before: an announcement, a command with its
 * answer, and another one. Without it they would miss the beginning of the jingle.
 */
const leadMs = 600

/** A jingle that sounds, or is about to. */
export interface StartedJingle {
  /** Null while the audio is being restored. */
  readonly producerId: string | null
  /** The time from now until it begins. */
  readonly delayMs: number
}

/**
 * Plays the jingles of one show, one at a time, beside its song: with a producer of their own, which exists from the
 * first jingle until `stop`.
 */
export class ShowJingles {
  readonly #song: ShowSong

  /** `song`: a player that nothing else uses. */
  constructor(song: ShowSong) {
    this.#song = song
  }

  /**
   * Opens a jingle. Every opened one goes to `play` or `discard`. Throws UNSUPPORTED_MEDIA, and the errors of the
   * source.
   */
  async open(source: SongSource): Promise<OpenedSong> {
    return await this.#song.open({ source, positionMs: 0, at: Date.now() })
  }

  /** Plays an opened jingle instead of the current one; waits for the media worker only. */
  async play(opened: OpenedSong): Promise<StartedJingle> {
    const delayMs = this.#song.producerId === null ? leadMs : 0
    const producerId = await this.#song.play(opened, { positionMs: 0, at: Date.now() + delayMs, delayMs })
    return { producerId, delayMs }
  }

  /** Closes an opened jingle that is not played. */
  discard(opened: OpenedSong): void {
    this.#song.discard(opened)
  }

  /** Ends the jingle and closes the producer. */
  stop(): void {
    this.#song.stop()
  }

  /** Restores the producer after its worker died. Never rejects. */
  async restore(): Promise<void> {
    await this.#song.restore()
  }

  /** Calls back with the producer that replaces a lost one. */
  onMoved(listener: (producerId: string) => void): void {
    this.#song.on('moved', listener)
  }

  /** Calls back when reading a jingle failed. */
  onFailed(listener: (error: unknown) => void): void {
    this.#song.on('failed', listener)
  }

  /** May be called twice. */
  close(): void {
    this.#song.close()
  }
}
