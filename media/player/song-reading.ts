import { CodedError } from '../../contract/errors.ts'
import { samplesPerMs } from './opus-packet.ts'
import type { OpusSong, SongPacket } from './opus-song.ts'

/** So much of a song lies ready, so that a storage that is slow for a moment is not heard. */
const aheadSamples = 4000 * samplesPerMs
/** After the storage failed it is asked again. */
const retryMs = 1000

/** A song being read from some position on, always a bit ahead of what is played. */
export class SongReading {
  readonly song: OpusSong
  readonly #onTrouble: (error: unknown) => void
  readonly #queue: SongPacket[] = []
  #packets: AsyncGenerator<SongPacket[], void, void>
  /** Until where it is read, samples from the beginning of the song. */
  #readTo: number
  #reading: Promise<void> | null = null
  #done = false
  #retry: NodeJS.Timeout | undefined
  #isTroubled = false

  /** `onTrouble`: reading failed, told once. It is tried again, unless the song itself is gone or damaged. */
  constructor(song: OpusSong, positionMs: number, onTrouble: (error: unknown) => void) {
    this.song = song
    this.#onTrouble = onTrouble
    this.#packets = song.packets(positionMs)
    this.#readTo = Math.round(positionMs * samplesPerMs)
  }

  /** The packet that is next; undefined when it is not there yet, or there is no more. */
  get next(): SongPacket | undefined {
    return this.#queue[0]
  }

  /** Nothing is left, and nothing will come. */
  get isOver(): boolean {
    return this.#done && this.#queue.length === 0
  }

  /** Where in the song the next packet begins, samples from its beginning; also while it is not there yet. */
  get place(): number {
    return this.#queue[0]?.start ?? this.#readTo
  }

  /** Takes the packet that is next. */
  take(): SongPacket | undefined {
    const packet = this.#queue.shift()
    this.#readAhead()
    return packet
  }

  /** Resolves when something can be played, or never will. */
  async ready(): Promise<void> {
    while (this.#queue.length === 0 && !this.#done && !this.#retry) await this.#readAhead()
  }

  close(): void {
    this.#done = true
    this.#queue.length = 0
    clearTimeout(this.#retry)
  }

  #readAhead(): Promise<void> {
    const [first] = this.#queue
    const isFull = first !== undefined && this.#readTo - first.start > aheadSamples
    if (isFull || this.#done || this.#retry) return Promise.resolve()
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null
      this.#readAhead()
    })
    return this.#reading
  }

  async #read(): Promise<void> {
    try {
      const { value: packets, done } = await this.#packets.next()
      if (this.#done) return
      if (done) this.#done = true
      else this.#keep(packets)
      this.#isTroubled = false
    } catch (error) {
      this.#failed(error)
    }
  }

  #keep(packets: SongPacket[]): void {
    this.#queue.push(...packets)
    const last = packets.at(-1)
    if (last) this.#readTo = last.start + last.samples
  }

  #failed(error: unknown): void {
    if (this.#done) return
    if (!this.#isTroubled) this.#onTrouble(error)
    this.#isTroubled = true
    if (error instanceof CodedError && error.code !== 'UNAVAILABLE') {
      this.#done = true
      return
    }
    this.#retry = setTimeout(() => {
      this.#retry = undefined
      this.#packets = this.song.packets(this.#readTo / samplesPerMs)
      this.#readAhead()
    }, retryMs)
    this.#retry.unref()
  }
}
