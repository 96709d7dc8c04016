import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { readThrough } from './read-through.ts'

/** The expected content of a stream from a storage. */
export interface ExpectedContent {
  key: string
  sizeBytes: number
  /** Checksum of all bytes, hexadecimal. Undefined for a range, and where it is not known. */
  sha256?: string | undefined
}

/** Passes the bytes on, and fails at the end when their number or their checksum is not the expected one. */
export function checkedStream(source: Readable, expected: ExpectedContent): Readable {
  return readThrough(source, check(source, expected))
}

async function* check(
  source: AsyncIterable<Uint8Array>,
  { key, sizeBytes, sha256 }: ExpectedContent
): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = sha256 === undefined ? null : createHash('sha256')
  let readBytes = 0
  for await (const chunk of source) {
    hash?.update(chunk)
    readBytes += chunk.byteLength
    yield chunk
  }
  if (readBytes !== sizeBytes) {
    throw new Error(`the storage returned ${readBytes} bytes of ${key} instead of ${sizeBytes}`)
  }
  if (hash && hash.digest('hex') !== sha256) throw new Error(`the bytes of ${key} do not match their checksum`)
}
