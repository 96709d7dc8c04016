import type { Readable } from 'node:stream'

/** Description of a stored object. */
export interface StoredObject {
  key: string
  sizeBytes: number
  modifiedAt: Date
  /** Checksum of all bytes as they were put, hexadecimal. Not set by `list`, nor for objects that others put there. */
  sha256?: string | undefined
}

/** A part of an object: its first and last byte, both inclusive, as in HTTP's Range. */
export interface ByteRange {
  first: number
  last: number
}

/**
 * Stores objects under keys that the server makes, such as `songs/abc`: segments of letters, digits, `_`, `-` and inner
 * dots, separated by single slashes. Any other key is a programming error and throws. All methods throw UNAVAILABLE
 * while the storage can't be reached or is full, and other errors when the storage refuses our access.
 */
export interface ObjectStorage {
  /** Stores or replaces an object. Readers see all of it or nothing: when the source fails, nothing changes. */
  put(key: string, source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<StoredObject>
  /**
   * Returns an object and its bytes, or those of a range that lies within it; null when there is none. The caller reads
   * or destroys the stream. The stream never returns wrong bytes; it fails instead, for example when the object is
   * replaced meanwhile and the backend does not keep the old version for its readers. A complete read is checked
   * against the SHA-256, a range only for its length.
   */
  get(key: string, range?: ByteRange): Promise<{ object: StoredObject; stream: Readable } | null>
  stat(key: string): Promise<StoredObject | null>
  /** Safe to repeat. */
  delete(key: string): Promise<void>
  /** Lists the objects whose keys have a prefix, in no order. The prefix ends with a slash or is empty. */
  list(prefix: string): AsyncIterable<StoredObject>
  /** Rejects while the storage can't be used. */
  check(): Promise<void>
}

/** An object storage as its owner sees it. */
export interface StorageBackend extends ObjectStorage {
  /**
   * Removes the leftovers of puts and deletions that a crash interrupted. Safe to repeat, safe beside other servers,
   * and rejects when the signal aborts it.
   */
  removeLeftovers(signal: AbortSignal): Promise<void>
  /** Closes connections. */
  close(): void
}

/** Age after which an unfinished put is abandoned: its server died while writing. */
export const abandonedAfterMs = 24 * 3_600_000

const keyPattern = /^(?!.{513})[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*(\/[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*)*$/

export const isKey = (key: string): boolean => keyPattern.test(key)

/** Throws for a key that is not a plain name below the root. */
export function assertKey(key: string): void {
  if (!isKey(key)) throw new Error(`not a valid storage key: ${JSON.stringify(key.slice(0, 100))}`)
}

/** Throws for a prefix that does not end with a slash, or does not belong to a key. */
export function assertPrefix(prefix: string): void {
  if (prefix !== '') assertKey(prefix.endsWith('/') ? prefix.slice(0, -1) : '')
}

const checksumPattern = /^[0-9a-f]{64}$/

/** Returns a stored value if it is a checksum. */
export const asChecksum = (stored: string | undefined): string | undefined =>
  stored !== undefined && checksumPattern.test(stored) ? stored : undefined
