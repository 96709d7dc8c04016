/** The state of the preview player. */
export interface SongPlayback {
  readonly songId: string | null
  readonly isPlaying: boolean
  /** Whether nothing has been heard since the last play or seek. */
  readonly isBuffering: boolean
  readonly positionMs: number
  readonly error: string | null
}

/** The members of an audio element that the player uses. */
export type AudioElement = Pick<
  HTMLAudioElement,
  'src' | 'currentTime' | 'paused' | 'play' | 'pause' | 'addEventListener' | 'removeAttribute' | 'load'
>

const idle: SongPlayback = { songId: null, isPlaying: false, isBuffering: false, positionMs: 0, error: null }
const playbackError = 'Can’t play this song right now. Try again in a moment.'

/**
 * Plays previews of the user's songs, one at a time. An audio URL expires after some minutes: the player then gets
 * another one and continues at the same position.
 */
export class SongPlayer {
  readonly #audio: AudioElement
  readonly #getUrl: (songId: string) => Promise<string | null>
  readonly #listeners = new Set<() => void>()
  #view = idle
  /** Whether the current URL has played anything, so that an error means that it has expired. */
  #hasUrlWorked = false
  /** The number of the latest command: the results of older ones are dropped. */
  #latestCommand = 0

  constructor(audio: AudioElement, getUrl: (songId: string) => Promise<string | null>) {
    this.#audio = audio
    this.#getUrl = getUrl
    audio.addEventListener('timeupdate', () => {
      if (this.#view.songId === null || this.#view.isBuffering) return
      if (!audio.paused) this.#hasUrlWorked = true
      this.#update({ positionMs: audio.currentTime * 1000 })
    })
    audio.addEventListener('playing', () => this.#update({ isPlaying: true, isBuffering: false }))
    audio.addEventListener('pause', () => {
      if (!this.#view.isBuffering) this.#update({ isPlaying: false })
    })
    audio.addEventListener('ended', () => this.#update({ isPlaying: false, positionMs: 0 }))
    audio.addEventListener('error', () => {
      this.#renewUrl()
    })
  }

  get view(): SongPlayback {
    return this.#view
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  /** Plays a song from `positionMs`, or from where it was paused. Another song that plays stops. */
  async play(songId: string, positionMs?: number): Promise<void> {
    const isSame = this.#view.songId === songId && this.#view.error === null
    const fromMs = positionMs ?? (this.#view.songId === songId ? this.#view.positionMs : 0)
    if (!isSame || this.#view.isBuffering) return await this.#load(songId, fromMs)
    this.#audio.currentTime = fromMs / 1000
    this.#update({ isPlaying: true, positionMs: fromMs })
    await this.#start(this.#latestCommand)
  }

  pause(): void {
    this.#latestCommand++
    this.#update({ isPlaying: false, isBuffering: false })
    this.#audio.pause()
  }

  /** Moves to a position in the current song, playing or paused. Any other song starts playing there. */
  async seek(songId: string, positionMs: number): Promise<void> {
    const { songId: current, isPlaying, isBuffering } = this.#view
    if (current !== songId || isPlaying || isBuffering) return await this.play(songId, positionMs)
    this.#audio.currentTime = positionMs / 1000
    this.#update({ positionMs })
  }

  /** Stops and unloads the song. */
  stop(): void {
    this.pause()
    this.#audio.removeAttribute('src')
    this.#audio.load()
    this.#update(idle)
  }

  async #load(songId: string, positionMs: number): Promise<void> {
    const command = ++this.#latestCommand
    this.#audio.pause()
    this.#hasUrlWorked = false
    this.#update({ songId, isPlaying: true, isBuffering: true, positionMs, error: null })
    try {
      const url = await this.#getUrl(songId)
      if (command !== this.#latestCommand) return
      if (url === null) throw new Error(playbackError)
      this.#audio.src = url
      this.#audio.currentTime = positionMs / 1000
      await this.#start(command)
    } catch (error) {
      if (command === this.#latestCommand) {
        this.#update({
          isPlaying: false,
          isBuffering: false,
          error: error instanceof Error ? error.message : String(error)
        })
      }
    }
  }

  /**
   * Starts the element. Errors other than a blocked autoplay also arrive as the element's `error` event, handled there.
   */
  async #start(command: number): Promise<void> {
    await this.#audio.play().catch((error: unknown) => {
      const isBlocked = error instanceof DOMException && error.name === 'NotAllowedError'
      if (command === this.#latestCommand && isBlocked) this.#update({ isPlaying: false, isBuffering: false })
    })
  }

  /** Loads the song with a new URL when the old one worked before and has expired; otherwise shows an error. */
  async #renewUrl(): Promise<void> {
    const { songId, positionMs, isPlaying } = this.#view
    if (songId === null) return
    if (!this.#hasUrlWorked || !isPlaying) {
      return this.#update({ isPlaying: false, isBuffering: false, error: playbackError })
    }
    await this.#load(songId, positionMs)
  }

  #update(change: Partial<SongPlayback>): void {
    this.#view = { ...this.#view, ...change }
    for (const listener of [...this.#listeners]) listener()
  }
}
