import { createHash } from 'node:crypto'

/** The bytes of an object, with measurements that are complete once the bytes were read. */
export interface MeasuredSource {
  /** The bytes. Read them once. */
  readonly bytes: AsyncGenerator<Uint8Array, void, undefined>
  /** Number of bytes read so far. */
  readonly sizeBytes: number
  /** Error of the source itself, as opposed to an error of the storage. */
  readonly failure: { error: unknown } | null
  /** Checksum of all bytes, hexadecimal. Call it once, at the end. */
  sha256(): string
}

/** Counts and hashes the bytes of a source while they are read. */
export function measureSource(source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): MeasuredSource {
  const hash = createHash('sha256')
  let sizeBytes = 0
  let failure: { error: unknown } | null = null
  const iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]()

  async function next(): Promise<IteratorResult<Uint8Array, unknown>> {
    try {
      return await iterator.next()
    } catch (error) {
      failure = { error }
      throw error
    }
  }

  async function* read(): AsyncGenerator<Uint8Array, void, undefined> {
    let ended = false
    try {
      for (let step = await next(); !(ended = step.done === true); step = await next()) {
        hash.update(step.value)
        sizeBytes += step.value.byteLength
        yield step.value
      }
    } finally {
      // Tells the source that reading has ended early.
      if (!ended && !failure) await iterator.return?.()
    }
  }

  return {
    bytes: read(),
    get sizeBytes() {
      return sizeBytes
    },
    get failure() {
      return failure
    },
    sha256: () => hash.digest('hex')
  }
}
