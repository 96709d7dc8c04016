import type { Readable } from 'node:stream'

/** What is known of a stored object without its bytes. */
export interface StoredObject {
  key: string
  sizeBytes: number
  modifiedAt: Date
  /** Of all its bytes, in hexadecimal, as they were put; `list` leaves it out, and of what others put there it is not known. */
  sha256?: string | undefined
}

/** Part of an object: its first and last byte, both included, as in HTTP's Range. */
export interface ByteRange {
  first: number
  last: number
}

/**
 * Where bytes are kept, under keys the server makes: `songs/abc`, parts of letters, digits, `_`, `-` and inner dots, between
 * single slashes. Any other key is a mistake of ours and throws. UNAVAILABLE is thrown while the storage can't be reached, or
 * is full; what throws besides is that it refuses us.
 */
export interface ObjectStorage {
  /** Keeps what the source gives, in place of what was there. Seen whole or not at all: a source that fails changes nothing. */
  put(key: string, source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<StoredObject>
  /**
   * The object and its bytes, or those of the range, which lies within it; null when there is none. Who takes the stream reads or
   * destroys it. The stream fails rather than give other bytes than were put: also when they are replaced or deleted meanwhile, where
   * the home does not keep them for who reads. Who reads all of it has it compared with its SHA-256; of a range only the length is checked.
   */
  get(key: string, range?: ByteRange): Promise<{ object: StoredObject; stream: Readable } | null>
  stat(key: string): Promise<StoredObject | null>
  /** Safe to repeat. */
  delete(key: string): Promise<void>
  /** The objects whose keys begin so, in no order. The prefix ends with a slash, or is empty. */
  list(prefix: string): AsyncIterable<StoredObject>
  /** Rejects while the storage can't be used. */
  check(): Promise<void>
}

/** A storage as the plugin holds it. */
export interface StorageHome extends ObjectStorage {
  /** Removes what puts and deletions that a crash broke off left behind. Safe to repeat, beside other servers, and to be ended half-way by a signal, when it rejects. */
  tidy(signal: AbortSignal): Promise<void>
  /** Lets go of connections. */
  close(): void
}

/** A put that has not ended for so long is of a server that died while it wrote. */
export const abandonedMs = 24 * 3_600_000

const keyPattern = /^(?!.{513})[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*(\/[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*)*$/

export const isKey = (key: string): boolean => keyPattern.test(key)

/** Throws for a key that could be anything but a plain name below the root. */
export function assertKey(key: string): void {
  if (!isKey(key)) throw new Error(`not a key of the storage: ${JSON.stringify(key.slice(0, 100))}`)
}

/** Throws for a prefix that does not end with a slash, or is not of a key. */
export function assertPrefix(prefix: string): void {
  if (prefix !== '') assertKey(prefix.endsWith('/') ? prefix.slice(0, -1) : '')
}

const checksumPattern = /^[0-9a-f]{64}$/

/** What was kept as a checksum, if it is one. */
export const asChecksum = (kept: string | undefined): string | undefined =>
  kept !== undefined && checksumPattern.test(kept) ? kept : undefined
