import { capturePattern, longestHeaderBytes, longestPageBytes, pageBytes, parsePage, type OggPage } from './ogg-page.ts'
import type { SongSource } from './song-source.ts'
import { unplayable } from './unplayable.ts'

/** Asked for at once: some seconds of music, and no page is longer. */
const pieceBytes = 65_536

/** The pages of a file, read a piece at a time. One reader goes one way at a time. */
export class OggPages {
  readonly #source: SongSource
  #piece: Buffer = Buffer.alloc(0)
  #pieceStart = 0

  constructor(source: SongSource) {
    this.#source = source
  }

  /** The page that begins exactly here; null at the end of the file. Throws UNSUPPORTED_MEDIA when there is none. */
  async at(offset: number): Promise<OggPage | null> {
    if (offset === this.#source.sizeBytes) return null
    const page = await this.#try(offset)
    if (!page) throw unplayable('it is damaged')
    return page
  }

  /** The first whole page that begins in this range; null when none does. */
  async find(from: number, to: number): Promise<OggPage | null> {
    for (let offset = from; offset < to;) {
      const bytes = await this.#bytes(offset, capturePattern.length)
      const found = bytes.indexOf(capturePattern)
      if (found < 0) {
        // It may be cut in two by the end of the piece.
        offset += Math.max(1, bytes.length - capturePattern.length + 1)
        continue
      }
      if (offset + found >= to) return null
      const page = await this.#try(offset + found)
      if (page) return page
      offset += found + 1
    }
    return null
  }

  /** The page the file ends with; null when it ends with none. */
  async last(): Promise<OggPage | null> {
    const { sizeBytes } = this.#source
    const from = Math.max(0, sizeBytes - longestPageBytes)
    for (let found = sizeBytes; found > from;) {
      const bytes = await this.#bytes(from, sizeBytes - from)
      const before = bytes.lastIndexOf(capturePattern, found - from - 1)
      if (before < 0) return null
      found = from + before
      const page = await this.#try(found)
      if (page?.end === sizeBytes) return page
    }
    return null
  }

  async #try(offset: number): Promise<OggPage | null> {
    const length = pageBytes(await this.#bytes(offset, longestHeaderBytes), 0)
    if (length === null || offset + length > this.#source.sizeBytes) return null
    const whole = await this.#bytes(offset, length)
    return parsePage(whole.subarray(0, length), offset)
  }

  /** Bytes from here on: at least `wanted`, where the file has them. */
  async #bytes(start: number, wanted: number): Promise<Buffer> {
    const end = Math.min(start + wanted, this.#source.sizeBytes)
    if (start < this.#pieceStart || end > this.#pieceStart + this.#piece.length) await this.#load(start, end)
    return this.#piece.subarray(start - this.#pieceStart)
  }

  async #load(start: number, end: number): Promise<void> {
    const until = Math.min(Math.max(end, start + pieceBytes), this.#source.sizeBytes)
    const bytes = await this.#source.read(start, until)
    if (bytes.length < until - start) throw unplayable('a part of it is missing')
    this.#piece = Buffer.from(bytes.buffer, bytes.byteOffset, until - start)
    this.#pieceStart = start
  }
}
