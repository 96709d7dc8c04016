import { createHash } from 'node:crypto'

/** What is to be stored, with what is known of it once it was read. */
export interface MeasuredSource {
  /** The bytes, to be read once. */
  readonly bytes: AsyncGenerator<Uint8Array, void, undefined>
  /** How many there were so far. */
  readonly sizeBytes: number
  /** What the source itself failed with, to be told from what the storage failed with. */
  readonly failure: { error: unknown } | null
  /** Of all bytes, in hexadecimal; asked once, at the end. */
  sha256(): string
}

/** Counts and hashes what goes by. */
export function measure(source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): MeasuredSource {
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
      // Whoever sends is told that nobody listens any more.
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
