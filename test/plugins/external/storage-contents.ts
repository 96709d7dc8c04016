import { buffer } from 'node:stream/consumers'
import type { StorageBackend } from '../../../plugins/external/storage/object-storage.ts'

export const mebibyte = 1024 * 1024
/** Size of a part of a large object in a bucket. */
export const partBytes = 8 * mebibyte

/** Returns a short text as the chunks of an object. */
export const bytes = (content: string) => [Buffer.from(content)]

/** Returns the keys of all objects with this prefix, sorted. */
export async function keysOf(storage: StorageBackend, prefix = ''): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of storage.list(prefix)) keys.push(key)
  return keys.sort()
}

/** Reads a whole object. Returns null when there is none. */
export async function read(storage: StorageBackend, key: string): Promise<Buffer | null> {
  const found = await storage.get(key)
  return found && (await buffer(found.stream))
}

/** Splits content into chunks of odd sizes, as a network delivers it. */
export function* chunksOf(content: Uint8Array): Generator<Uint8Array> {
  for (let at = 0, size = 1; at < content.length; at += size, size = 1 + ((size * 7919) % 70_000)) {
    yield content.subarray(at, at + size)
  }
}
