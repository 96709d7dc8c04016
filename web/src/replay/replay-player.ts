import type { ReplayAudio } from '../../../client/index.ts'
import { playableUrls } from './playable.ts'
import { findSpanAt, type Span } from './spans.ts'

/** The jumps of buttons and of the system's media controls. */
export const backMs = 15_000
export const forwardMs = 30_000
/** The speeds of a replay. */
export const rates = [0.75, 1, 1.25, 1.5, 1.75, 2] as const

/** The state of the player. */
export interface ReplayPlayback {
  readonly isPlaying: boolean
  /** Whether nothing has been heard since the last play or seek. */
  readonly isBuffering: boolean
  readonly positionMs: number
  readonly rate: number
  readonly isMuted: boolean
  readonly skipsSilence: boolean
  readonly error: string | null
}

/** The members of an audio element that the player uses. */
export type ReplayElement = Pick<
  HTMLAudioElement,
  | 'src'
  | 'currentTime'
  | 'paused'
  | 'muted'
  | 'playbackRate'
  | 'canPlayType'
  | 'play'
  | 'pause'
  | 'addEventListener'
  | 'removeAttribute'
  | 'load'
>

const playbackError = 'Can’t play this replay right now. Check the connection and try again.'
/** While playing, the element tells its position about four times per second, too late to skip silence. */
const pollMs = 100

/** Plays a replay with one audio element: position, speed, and skipping of silence. */
export class ReplayPlayer {
  /**
   * Asks for the files of the replay again when none of its addresses plays: their tickets may have ended. Other files
   * are given to `load`.
   */
  renew: () => Promise<readonly ReplayAudio[]> = async () => []
  readonly #audio: ReplayElement
  readonly #listeners = new Set<() => void>()
  #sources: readonly string[] = []
  /** Whether `renew` was called since a file could be read. */
  #isRenewed = false
  #durationMs = 0
  #silences: readonly Span[] = []
  #timer: ReturnType<typeof setInterval> | undefined
  #view: ReplayPlayback = {
    isPlaying: false,
    isBuffering: false,
    positionMs: 0,
    rate: 1,
    isMuted: false,
    skipsSilence: false,
    error: null
  }

  constructor(audio: ReplayElement) {
    this.#audio = audio
    audio.addEventListener('loadedmetadata', () => {
      this.#isRenewed = false
    })
    audio.addEventListener('timeupdate', () => this.#readPosition())
    audio.addEventListener('playing', () => this.#update({ isPlaying: true, isBuffering: false, error: null }))
    audio.addEventListener('waiting', () => this.#update({ isBuffering: true }))
    audio.addEventListener('pause', () => this.#update({ isPlaying: false, isBuffering: false }))
    audio.addEventListener('ended', () => {
      this.#update({ isPlaying: false, isBuffering: false, positionMs: this.#durationMs })
    })
    audio.addEventListener('error', () => this.#useNextSource())
  }

  get view(): ReplayPlayback {
    return this.#view
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  /** Loads a replay at a place. Nothing plays until `play`. */
  load(files: readonly ReplayAudio[], durationMs: number, silences: readonly Span[], positionMs: number): void {
    this.#audio.pause()
    this.#durationMs = durationMs
    this.#silences = silences
    this.#sources = playableUrls(this.#audio, files)
    this.#setSource(this.#sources[0], Math.min(positionMs, durationMs))
  }

  async play(): Promise<void> {
    const { error, positionMs } = this.#view
    if (error !== null) {
      this.#isRenewed = false
      this.#setSource(this.#sources[0], positionMs)
    }
    if (positionMs >= this.#durationMs) this.seek(0)
    this.#update({ isPlaying: true, isBuffering: true })
    await this.#audio.play().catch((error: unknown) => {
      // A file that cannot be played also arrives as an `error` event.
      const isBlocked = error instanceof DOMException && error.name === 'NotAllowedError'
      if (isBlocked) this.#update({ isPlaying: false, isBuffering: false })
    })
  }

  pause(): void {
    this.#audio.pause()
    this.#update({ isPlaying: false, isBuffering: false })
  }

  async toggle(): Promise<void> {
    if (this.#view.isPlaying) this.pause()
    else await this.play()
  }

  /** Moves to a place, playing or paused. */
  seek(positionMs: number): void {
    const place = Math.min(Math.max(0, positionMs), this.#durationMs)
    this.#audio.currentTime = place / 1000
    this.#update({ positionMs: place })
  }

  /** Moves forward, or back when `ms` is negative. */
  skip(ms: number): void {
    this.seek(this.#view.positionMs + ms)
  }

  setRate(rate: number): void {
    this.#audio.playbackRate = rate
    this.#update({ rate })
  }

  setMuted(isMuted: boolean): void {
    this.#audio.muted = isMuted
    this.#update({ isMuted })
  }

  setSkipsSilence(skipsSilence: boolean): void {
    this.#update({ skipsSilence })
  }

  /** Stops and unloads the audio. */
  stop(): void {
    this.pause()
    this.#sources = []
    this.#audio.removeAttribute('src')
    this.#audio.load()
  }

  #setSource(url: string | undefined, positionMs: number): void {
    if (url === undefined) return this.#update({ isPlaying: false, isBuffering: false, error: playbackError })
    this.#audio.src = url
    this.#audio.currentTime = positionMs / 1000
    // Loading a file resets the speed.
    this.#audio.playbackRate = this.#view.rate
    this.#update({ positionMs, error: null })
  }

  /** Plays another format when one cannot be played, and asks for new addresses when none can. */
  #useNextSource(): void {
    const { isPlaying, positionMs } = this.#view
    if (this.#sources.length === 0) return
    const next = this.#sources[this.#sources.findIndex(url => this.#audio.src.endsWith(url)) + 1]
    if (next === undefined && !this.#isRenewed) {
      this.#renew()
      return
    }
    this.#setSource(next, positionMs)
    if (next !== undefined && isPlaying) this.play()
  }

  async #renew(): Promise<void> {
    const sources = this.#sources
    this.#isRenewed = true
    if (this.#view.isPlaying) this.#update({ isBuffering: true })
    const renewed = playableUrls(this.#audio, await this.renew().catch(() => []))
    // Loaded meanwhile, or about to be.
    if (this.#sources !== sources || renewed.some(url => !sources.includes(url))) return
    this.#setSource(undefined, this.#view.positionMs)
  }

  #readPosition(): void {
    if (this.#audio.paused) return
    const positionMs = this.#audio.currentTime * 1000
    const silence = this.#view.skipsSilence ? findSpanAt(this.#silences, positionMs) : undefined
    if (silence) this.seek(silence.toMs)
    else this.#update({ positionMs })
  }

  #update(change: Partial<ReplayPlayback>): void {
    this.#view = { ...this.#view, ...change }
    if (this.#view.isPlaying) this.#timer ??= setInterval(() => this.#readPosition(), pollMs)
    else {
      clearInterval(this.#timer)
      this.#timer = undefined
    }
    for (const listener of [...this.#listeners]) listener()
  }
}
