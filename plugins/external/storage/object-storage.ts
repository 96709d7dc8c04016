import type { Readable } from 'node:stream'

/** What is known of a stored object without its bytes. */
export interface StoredObject { key: string, sizeBytes: number, modifiedAt: Date }

/** Part of an object: its first and last byte, both included, as in HTTP's Range. */
export interface ByteRange { first: number, last: number }

/**
 * Where bytes are kept, under keys the server makes: `songs/abc`, parts of letters, digits, `_`, `-` and inner dots, between
 * single slashes. Any other key is a mistake of ours and throws. What throws besides is the storage itself being away or full.
 */
export interface ObjectStorage {
  /** Keeps what the source gives, in place of what was there. Seen whole or not at all: a source that fails changes nothing. */
  put (key: string, source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<StoredObject>
  /** The object and its bytes, or those of the range, which lies within it; null when there is none. Who takes the stream reads or destroys it. */
  get (key: string, range?: ByteRange): Promise<{ object: StoredObject, stream: Readable } | null>
  stat (key: string): Promise<StoredObject | null>
  /** Safe to repeat. */
  delete (key: string): Promise<void>
  /** The objects whose keys begin so, in no order. The prefix ends with a slash, or is empty. */
  list (prefix: string): AsyncIterable<StoredObject>
}

const keyPattern = /^(?!.{513})[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*(\/[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*)*$/

/** Throws for a key that could be anything but a plain name below the root. */
export function assertKey (key: string): void {
  if (!keyPattern.test(key)) throw new Error(`not a key of the storage: ${JSON.stringify(key.slice(0, 100))}`)
}
