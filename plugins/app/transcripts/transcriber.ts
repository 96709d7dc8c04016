import type { Readable } from 'node:stream'

/** An audio file for a transcriber: Ogg Opus. */
export interface TranscriberAudio {
  readonly sizeBytes: number
  /** Opens the bytes. The transcriber reads or destroys the stream. */
  open(): Promise<Readable>
}

/** A word, or a punctuation mark. Times are ms from the beginning of the audio. */
export interface TranscribedWord {
  readonly text: string
  readonly from: number
  readonly to: number
  /** It follows the word before without a space. */
  readonly isAttached: boolean
  readonly endsSentence: boolean
}

/** The words that a transcriber heard in one file. Texts are as it sent them: callers clean them. */
export interface TranscribedAudio {
  readonly words: readonly TranscribedWord[]
  /** Text between words; empty in languages without spaces. */
  readonly space: string
  /** BCP 47; null when it is not known. */
  readonly language: string | null
  /** Number of places in which each topic was found. */
  readonly topics: ReadonlyMap<string, number>
}

/** State of a job. `gone`: the transcriber does not know it any more. */
export type TranscriberState = 'running' | 'done' | 'gone' | { readonly rejected: string }

/** The transcriber refuses the key of this server. Operators are told; jobs wait. */
export class TranscriberRefusedKey extends Error {
  readonly retryAfterMs: number

  constructor(message: string, retryAfterMs: number) {
    super(message)
    this.name = 'TranscriberRefusedKey'
    this.retryAfterMs = retryAfterMs
  }
}

/** The transcriber refuses an audio file. The reason is for the creator of the show. */
export class TranscriberRejected extends Error {
  readonly reason: string

  constructor(reason: string) {
    super(`transcriber rejected the audio: ${reason}`)
    this.name = 'TranscriberRejected'
    this.reason = reason
  }
}

/** The transcriber does not answer as it should. The same call may succeed later. */
export class TranscriberAway extends Error {
  /** Time that it asks to wait, ms; undefined when it named none. */
  readonly retryAfterMs: number | undefined

  constructor(message: string, retryAfterMs?: number) {
    super(message)
    this.name = 'TranscriberAway'
    this.retryAfterMs = retryAfterMs
  }
}

/**
 * A service that turns speech into text, one job for each file. All methods throw TranscriberRefusedKey,
 * TranscriberAway, and the reason of the signal.
 */
export interface Transcriber {
  /** Starts a job, and returns its id. Throws TranscriberRejected, and what the audio throws. */
  submit(audio: TranscriberAudio, signal: AbortSignal): Promise<string>
  findState(jobId: string, signal: AbortSignal): Promise<TranscriberState>
  /** Returns the result of a job that is done; null when it is gone. */
  findResult(jobId: string, signal: AbortSignal): Promise<TranscribedAudio | null>
  /** Deletes a job with its audio and its result, also while it runs. Safe to repeat. */
  delete(jobId: string, signal: AbortSignal): Promise<void>
}
