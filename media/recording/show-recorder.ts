import type { types } from 'mediasoup'
import { recordVoice, type LocalVoice, type RecordedVoice, type RecordedVoiceParts } from './recorded-voice.ts'
import type { StintFailure } from './stint-file.ts'

const tickEveryMs = 250

/** One recording of a show, from its start to its stop. */
export interface RecordingParts extends Pick<
  RecordedVoiceParts,
  'showId' | 'files' | 'nowMs' | 'onLost' | 'onTapFailed' | 'onRecordedChanged'
> {
  /** The recording cannot go on, and has stopped by itself. Called at most once. */
  onFailed(failure: StintFailure): void
}

/**
 * Records the speakers of one show whose producers are on this node: each one's packets unchanged, one file per stint.
 * The song is no speaker, and voices of other nodes are recorded there.
 */
export class ShowRecorder {
  readonly #voices = new Map<string, LocalVoice>()
  /** By producer id, while a recording is on. */
  readonly #recorded = new Map<string, RecordedVoice>()
  readonly #ending = new Set<Promise<void>>()
  #recording: RecordingParts | null = null
  #timer: NodeJS.Timeout | undefined

  /** Adds a producer that was admitted. It is removed when it closes, also by the death of its worker. */
  add(producer: types.Producer, userId: string, router: types.Router): void {
    const voice = { producer, userId, router }
    this.#voices.set(producer.id, voice)
    producer.observer.once('close', () => {
      this.#voices.delete(producer.id)
      this.#end(producer.id)
    })
    if (this.#recording) this.#record(voice, this.#recording)
  }

  /** Number of voices that are being recorded. */
  get size(): number {
    return this.#recorded.size
  }

  /** Records the speakers from now on. Does nothing while a recording is on. */
  start(recording: RecordingParts): void {
    if (this.#recording) return
    this.#recording = recording
    this.#timer = setInterval(() => {
      for (const recorded of this.#recorded.values()) recorded.tick()
    }, tickEveryMs).unref()
    for (const voice of this.#voices.values()) this.#record(voice, recording)
  }

  /** Ends the recording. Resolves when all files of this and earlier recordings are closed. May be called twice. */
  async stop(): Promise<void> {
    this.#recording = null
    clearInterval(this.#timer)
    for (const producerId of [...this.#recorded.keys()]) this.#end(producerId)
    await Promise.all(this.#ending)
  }

  #record(voice: LocalVoice, recording: RecordingParts): void {
    const recorded = recordVoice(voice, {
      ...recording,
      onFailed: failure => {
        if (this.#recording !== recording) return
        this.stop()
        recording.onFailed(failure)
      }
    })
    this.#recorded.set(voice.producer.id, recorded)
  }

  #end(producerId: string): void {
    const recorded = this.#recorded.get(producerId)
    if (!recorded) return
    this.#recorded.delete(producerId)
    const ended = recorded.end().finally(() => this.#ending.delete(ended))
    this.#ending.add(ended)
  }
}
