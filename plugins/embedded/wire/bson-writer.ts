const types = { double: 0x01, string: 0x02, document: 0x03, array: 0x04, null: 0x0a, int64: 0x12 } as const

/**
 * Writes one document that contains encoded documents, without decoding them. Every `open…` needs its `close`; `finish`
 * closes the document itself. https://bsonspec.org/spec.html
 */
export class BsonWriter {
  #bytes: Buffer
  #length = 4
  readonly #open: number[] = [0]

  /** @param capacityBytes approximate size of the document, so that the buffer need not grow */
  constructor(capacityBytes: number) {
    this.#bytes = Buffer.allocUnsafe(capacityBytes + 256)
  }

  document(name: string, bytes: Uint8Array): this {
    this.#element(types.document, name, bytes.byteLength)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.byteLength
    return this
  }

  int64(name: string, value: bigint): this {
    this.#element(types.int64, name, 8)
    this.#length = this.#bytes.writeBigInt64LE(value, this.#length)
    return this
  }

  double(name: string, value: number): this {
    this.#element(types.double, name, 8)
    this.#length = this.#bytes.writeDoubleLE(value, this.#length)
    return this
  }

  null(name: string): this {
    this.#element(types.null, name, 0)
    return this
  }

  string(name: string, value: string): this {
    const room = value.length * 3 + 5
    this.#element(types.string, name, room)
    const written = this.#bytes.write(value, this.#length + 4)
    this.#bytes.writeInt32LE(written + 1, this.#length)
    this.#length = this.#bytes.writeUInt8(0, this.#length + 4 + written)
    return this
  }

  openDocument(name: string): this {
    return this.#begin(types.document, name)
  }

  openArray(name: string): this {
    return this.#begin(types.array, name)
  }

  close(): this {
    const start = this.#open.pop() ?? 0
    this.#reserve(1)
    this.#length = this.#bytes.writeUInt8(0, this.#length)
    this.#bytes.writeInt32LE(this.#length - start, start)
    return this
  }

  finish(): Buffer {
    this.close()
    return this.#bytes.subarray(0, this.#length)
  }

  #begin(type: number, name: string): this {
    this.#element(type, name, 4)
    this.#open.push(this.#length)
    this.#length += 4
    return this
  }

  #element(type: number, name: string, payloadBytes: number): void {
    this.#reserve(name.length * 3 + 2 + payloadBytes)
    this.#length = this.#bytes.writeUInt8(type, this.#length)
    this.#length += this.#bytes.write(name, this.#length)
    this.#length = this.#bytes.writeUInt8(0, this.#length)
  }

  #reserve(more: number): void {
    const needed = this.#length + more
    if (needed <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2))
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
  }
}
