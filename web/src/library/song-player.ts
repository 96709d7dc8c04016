/** What is played back for oneself. */
export interface SongPlayback {
  readonly songId: string | null
  readonly isPlaying: boolean
  /** Since the last play or seek nothing was heard yet. */
  readonly isWaiting: boolean
  readonly positionMs: number
  readonly fault: string | null
}

/** The parts of an audio element that are used. */
export type AudioPart = Pick<
  HTMLAudioElement,
  'src' | 'currentTime' | 'paused' | 'play' | 'pause' | 'addEventListener' | 'removeAttribute' | 'load'
>

const nothing: SongPlayback = { songId: null, isPlaying: false, isWaiting: false, positionMs: 0, fault: null }
const faultWords = 'The song can’t be played just now. Try again in a moment.'

/**
 * Plays one's own songs, one at a time. An address is good for some minutes: when it is over, another is asked for and the song
 * goes on where it was.
 */
export class SongPlayer {
  readonly #audio: AudioPart
  readonly #addressOf: (songId: string) => Promise<string | null>
  readonly #listeners = new Set<() => void>()
  #view = nothing
  /** Something was heard since the address was asked for, so that it was a good one. */
  #wasGood = false
  /** Only the latest wish counts. */
  #wish = 0

  constructor(audio: AudioPart, addressOf: (songId: string) => Promise<string | null>) {
    this.#audio = audio
    this.#addressOf = addressOf
    audio.addEventListener('timeupdate', () => {
      if (this.#view.songId === null || this.#view.isWaiting) return
      if (!audio.paused) this.#wasGood = true
      this.#show({ positionMs: audio.currentTime * 1000 })
    })
    audio.addEventListener('playing', () => this.#show({ isPlaying: true, isWaiting: false }))
    audio.addEventListener('pause', () => {
      if (!this.#view.isWaiting) this.#show({ isPlaying: false })
    })
    audio.addEventListener('ended', () => this.#show({ isPlaying: false, positionMs: 0 }))
    audio.addEventListener('error', () => {
      this.#renew()
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

  /** Plays a song, or goes on with it; another one stops. `positionMs`: from there. */
  async play(songId: string, positionMs?: number): Promise<void> {
    const isSame = this.#view.songId === songId && this.#view.fault === null
    const from = positionMs ?? (this.#view.songId === songId ? this.#view.positionMs : 0)
    if (!isSame || this.#view.isWaiting) return await this.#begin(songId, from)
    this.#audio.currentTime = from / 1000
    this.#show({ isPlaying: true, positionMs: from })
    await this.#start(this.#wish)
  }

  pause(): void {
    this.#wish++
    this.#show({ isPlaying: false, isWaiting: false })
    this.#audio.pause()
  }

  /** Goes to a place in what plays or rests; a song that does neither begins there. */
  async seek(songId: string, positionMs: number): Promise<void> {
    const { songId: current, isPlaying, isWaiting } = this.#view
    if (current !== songId || isPlaying || isWaiting) return await this.play(songId, positionMs)
    this.#audio.currentTime = positionMs / 1000
    this.#show({ positionMs })
  }

  /** Lets the song go. */
  stop(): void {
    this.pause()
    this.#audio.removeAttribute('src')
    this.#audio.load()
    this.#show(nothing)
  }

  async #begin(songId: string, positionMs: number): Promise<void> {
    const wish = ++this.#wish
    this.#audio.pause()
    this.#wasGood = false
    this.#show({ songId, isPlaying: true, isWaiting: true, positionMs, fault: null })
    try {
      const address = await this.#addressOf(songId)
      if (wish !== this.#wish) return
      if (address === null) throw new Error(faultWords)
      this.#audio.src = address
      this.#audio.currentTime = positionMs / 1000
      await this.#start(wish)
    } catch (error) {
      if (wish === this.#wish) {
        this.#show({
          isPlaying: false,
          isWaiting: false,
          fault: error instanceof Error ? error.message : String(error)
        })
      }
    }
  }

  /** What keeps it from playing comes as an error of the element too, which is where it is mended. */
  async #start(wish: number): Promise<void> {
    await this.#audio.play().catch((error: unknown) => {
      const isForbidden = error instanceof DOMException && error.name === 'NotAllowedError'
      if (wish === this.#wish && isForbidden) this.#show({ isPlaying: false, isWaiting: false })
    })
  }

  /** The address is not good any more: another one, once, unless the one before was good for something. */
  async #renew(): Promise<void> {
    const { songId, positionMs, isPlaying } = this.#view
    if (songId === null) return
    if (!this.#wasGood || !isPlaying) return this.#show({ isPlaying: false, isWaiting: false, fault: faultWords })
    await this.#begin(songId, positionMs)
  }

  #show(change: Partial<SongPlayback>): void {
    this.#view = { ...this.#view, ...change }
    for (const listener of [...this.#listeners]) listener()
  }
}
