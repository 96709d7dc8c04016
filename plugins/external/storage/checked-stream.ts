import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { readThrough } from './read-through.ts'

/** What a stream from a storage has to give. */
export interface Expected {
  key: string
  sizeBytes: number
  /** Of all bytes, in hexadecimal; absent where only part of them is read, or where it is not known. */
  sha256?: string | undefined
}

/** Gives the bytes on and fails at the end when there were too few or too many, or others than expected. */
export function checkedStream(source: Readable, expected: Expected): Readable {
  return readThrough(source, check(source, expected))
}

async function* check(
  source: AsyncIterable<Uint8Array>,
  { key, sizeBytes, sha256 }: Expected
): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = sha256 === undefined ? null : createHash('sha256')
  let read = 0
  for await (const chunk of source) {
    hash?.update(chunk)
    read += chunk.byteLength
    yield chunk
  }
  if (read !== sizeBytes) throw new Error(`the storage gave ${read} bytes of ${key} instead of ${sizeBytes}`)
  if (hash && hash.digest('hex') !== sha256) throw new Error(`the bytes of ${key} are not those that were stored`)
}
