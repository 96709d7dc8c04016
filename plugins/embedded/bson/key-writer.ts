/**
 * Writes bytes that sort as MongoDB sorts values, so that SQLite's B-tree has MongoDB's order. Every encoding is
 * self-delimiting: none is a prefix of another. Encodings can therefore be concatenated, and a prefix of the fields is
 * a prefix of the bytes.
 */
export class KeyWriter {
  #bytes = Buffer.allocUnsafe(256)
  #length = 0

  get length(): number {
    return this.#length
  }

  reset(): void {
    this.#length = 0
  }

  /** Returns a copy of the written bytes. */
  finish(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#length))
  }

  /** Returns the written bytes as a string with one character per byte: a key for a Map or Set. */
  finishAsString(): string {
    return this.#bytes.toString('latin1', 0, this.#length)
  }

  byte(value: number): void {
    this.#reserve(1)
    this.#bytes[this.#length++] = value
  }

  uint16(value: number): void {
    this.#reserve(2)
    this.#length = this.#bytes.writeUInt16BE(value, this.#length)
  }

  uint32(value: number): void {
    this.#reserve(4)
    this.#length = this.#bytes.writeUInt32BE(value, this.#length)
  }

  uint64(value: bigint): void {
    this.#reserve(8)
    this.#length = this.#bytes.writeBigUInt64BE(value, this.#length)
  }

  /**
   * Turns the order of IEEE 754 into byte order: negative numbers are inverted, others get their sign bit flipped. NaN
   * is first.
   */
  double(value: number): void {
    this.#reserve(8)
    const start = this.#length
    this.#length += 8
    if (Number.isNaN(value)) {
      this.#bytes.fill(0, start, this.#length)
      return
    }
    this.#bytes.writeDoubleBE(value === 0 ? 0 : value, start)
    if (value < 0) this.#invert(start)
    else this.#bytes.writeUInt8(this.#bytes.readUInt8(start) ^ 0x80, start)
  }

  bytes(source: Uint8Array): void {
    this.#reserve(source.byteLength)
    this.#bytes.set(source, this.#length)
    this.#length += source.byteLength
  }

  /** Writes UTF-8 that ends with 00 00. A zero byte inside is escaped as 00 FF. */
  text(value: string): void {
    for (const [n, part] of value.includes('\0') ? value.split('\0').entries() : [[0, value] as const]) {
      if (n > 0) this.uint16(0x00ff)
      this.#reserve(part.length * 3)
      this.#length += this.#bytes.write(part, this.#length)
    }
    this.uint16(0)
  }

  /** Reverses the order of the bytes written since `start`, for a descending field. */
  invertSince(start: number): void {
    this.#invert(start)
  }

  #invert(start: number): void {
    for (let i = start; i < this.#length; i++) this.#bytes[i] = ~(this.#bytes[i] ?? 0)
  }

  #reserve(more: number): void {
    const needed = this.#length + more
    if (needed <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2))
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
  }
}
