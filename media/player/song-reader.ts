import { CodedError } from '../../contract/errors.ts'
import { samplesPerMs } from './opus-packet.ts'
import type { OpusSong, SongPacket } from './opus-song.ts'

/** Read-ahead, which hides a storage that is slow for a moment. */
const readAheadSamples = 4000 * samplesPerMs
const retryDelayMs = 1000

/** Reads a song from a position on, ahead of playback. */
export class SongReader {
  readonly song: OpusSong
  readonly #onError: (error: unknown) => void
  readonly #queue: SongPacket[] = []
  #packets: AsyncGenerator<SongPacket[], void, void>
  /** Position up to which the song is read, samples. */
  #readTo: number
  #reading: Promise<void> | null = null
  /** Whether reading has ended: the song is at its end, cannot be read, or the reader is closed. */
  #isDone = false
  #retry: NodeJS.Timeout | undefined
  #isFailing = false

  /**
   * `onError` is called once when reading fails. The reader tries again, unless the song itself is deleted or damaged.
   */
  constructor(song: OpusSong, positionMs: number, onError: (error: unknown) => void) {
    this.song = song
    this.#onError = onError
    this.#packets = song.packets(positionMs)
    this.#readTo = Math.round(positionMs * samplesPerMs)
  }

  /** The next packet; undefined when it is not read yet, or there are no more. */
  get next(): SongPacket | undefined {
    return this.#queue[0]
  }

  /** Whether no packet is left, and none will follow. */
  get isOver(): boolean {
    return this.#isDone && this.#queue.length === 0
  }

  /** Position of the next packet in the song, samples; known also while the packet is not read yet. */
  get position(): number {
    return this.#queue[0]?.start ?? this.#readTo
  }

  /** Removes the next packet. */
  take(): SongPacket | undefined {
    const packet = this.#queue.shift()
    this.#readAhead()
    return packet
  }

  /** Resolves when a packet can be played, or reading failed or ended. */
  async ready(): Promise<void> {
    while (this.#queue.length === 0 && !this.#isDone && !this.#retry) await this.#readAhead()
  }

  /** May be called twice. */
  close(): void {
    this.#isDone = true
    this.#queue.length = 0
    clearTimeout(this.#retry)
  }

  #readAhead(): Promise<void> {
    const [first] = this.#queue
    const isFull = first !== undefined && this.#readTo - first.start > readAheadSamples
    if (isFull || this.#isDone || this.#retry) return Promise.resolve()
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null
      this.#readAhead()
    })
    return this.#reading
  }

  async #read(): Promise<void> {
    try {
      const { value: packets, done } = await this.#packets.next()
      if (this.#isDone) return
      if (done) this.#isDone = true
      else this.#enqueue(packets)
      this.#isFailing = false
    } catch (error) {
      this.#failed(error)
    }
  }

  #enqueue(packets: SongPacket[]): void {
    this.#queue.push(...packets)
    const last = packets.at(-1)
    if (last) this.#readTo = last.start + last.samples
  }

  #failed(error: unknown): void {
    if (this.#isDone) return
    if (!this.#isFailing) this.#onError(error)
    this.#isFailing = true
    if (error instanceof CodedError && error.code !== 'UNAVAILABLE') {
      this.#isDone = true
      return
    }
    this.#retry = setTimeout(() => {
      this.#retry = undefined
      this.#packets = this.song.packets(this.#readTo / samplesPerMs)
      this.#readAhead()
    }, retryDelayMs)
    this.#retry.unref()
  }
}
