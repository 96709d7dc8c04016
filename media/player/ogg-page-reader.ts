import { setImmediate as nextTurn } from 'node:timers/promises'
import { capturePattern, maxHeaderBytes, maxPageBytes, pageLength, parsePage, type OggPage } from './ogg-page.ts'
import type { SongSource } from './song-source.ts'
import { unplayable } from './unplayable.ts'

/** Bytes read from the source at once: a few seconds of music, and no page is longer. */
const chunkBytes = 65_536
/**
 * Bytes of damaged pages that are checked, besides a quarter of the file: in a hostile file, pages seem to begin
 * everywhere, and each check costs the time of a whole page.
 */
const maxDamagedBytes = 1024 * 1024
/** Other work has its turn after checking as many bytes of damaged pages. */
const damagedBytesPerTurn = 256 * 1024

/** The bytes of an Ogg file. */
export type OggBytes = Pick<SongSource, 'sizeBytes' | 'read'>

/** Reads the pages of a file, one chunk at a time. Use one reader for one sequence of reads. */
export class OggPageReader {
  readonly #source: OggBytes
  #chunk: Buffer = Buffer.alloc(0)
  #chunkStart = 0
  #damagedBytes = 0

  constructor(source: OggBytes) {
    this.#source = source
  }

  /**
   * Returns the page that begins exactly here; undefined at the end of the file. Throws UNSUPPORTED_MEDIA when there is
   * none.
   */
  async readAt(offset: number): Promise<OggPage | undefined> {
    if (offset === this.#source.sizeBytes) return undefined
    const page = await this.#tryRead(offset)
    if (!page) throw unplayable('it is damaged')
    return page
  }

  /**
   * Returns the first whole page that begins in this range; undefined when there is none. Throws UNSUPPORTED_MEDIA when
   * too much of the file is damaged.
   */
  async findBetween(from: number, to: number): Promise<OggPage | undefined> {
    for (let offset = from; offset < to;) {
      const bytes = await this.#bytesAt(offset, capturePattern.length)
      const index = bytes.indexOf(capturePattern)
      if (index < 0) {
        // The end of the chunk may cut a capture pattern in two.
        offset += Math.max(1, bytes.length - capturePattern.length + 1)
        continue
      }
      if (offset + index >= to) return undefined
      const page = await this.#tryRead(offset + index)
      if (page) return page
      offset += index + 1
    }
    return undefined
  }

  /** Returns the page that ends with the file; undefined when the file ends otherwise. */
  async findLast(): Promise<OggPage | undefined> {
    const { sizeBytes } = this.#source
    const from = Math.max(0, sizeBytes - maxPageBytes)
    for (let offset = sizeBytes; offset > from;) {
      const bytes = await this.#bytesAt(from, sizeBytes - from)
      const index = bytes.lastIndexOf(capturePattern, offset - from - 1)
      if (index < 0) return undefined
      offset = from + index
      const page = await this.#tryRead(offset)
      if (page?.end === sizeBytes) return page
    }
    return undefined
  }

  async #tryRead(offset: number): Promise<OggPage | null> {
    const length = pageLength(await this.#bytesAt(offset, maxHeaderBytes), 0)
    if (length === null || offset + length > this.#source.sizeBytes) {
      await this.#countDamaged(maxHeaderBytes)
      return null
    }
    const bytes = await this.#bytesAt(offset, length)
    const page = parsePage(bytes.subarray(0, length), offset)
    if (!page) await this.#countDamaged(length)
    return page
  }

  async #countDamaged(bytes: number): Promise<void> {
    const before = this.#damagedBytes
    this.#damagedBytes += bytes
    if (this.#damagedBytes > maxDamagedBytes + this.#source.sizeBytes / 4) throw unplayable('it is damaged')
    const turnOf = (count: number) => Math.floor(count / damagedBytesPerTurn)
    if (turnOf(before) !== turnOf(this.#damagedBytes)) await nextTurn()
  }

  /** Returns bytes from this offset on: at least `length`, or all up to the end of the file. */
  async #bytesAt(start: number, length: number): Promise<Buffer> {
    const end = Math.min(start + length, this.#source.sizeBytes)
    if (start < this.#chunkStart || end > this.#chunkStart + this.#chunk.length) await this.#readChunk(start, end)
    return this.#chunk.subarray(start - this.#chunkStart)
  }

  async #readChunk(start: number, minEnd: number): Promise<void> {
    const end = Math.min(Math.max(minEnd, start + chunkBytes), this.#source.sizeBytes)
    const bytes = await this.#source.read(start, end)
    if (bytes.length < end - start) throw unplayable('a part of it is missing')
    this.#chunk = Buffer.from(bytes.buffer, bytes.byteOffset, end - start)
    this.#chunkStart = start
  }
}
