import type { Readable } from 'node:stream'
import { readThrough } from './read-through.ts'

/**
 * Passes the bytes of a source on. Destroys the source and fails when a read waits longer than the timeout. A slow
 * reader does not count: the timeout only runs while a read is pending.
 */
export function failWhenStalled(source: Readable, timeoutMs: number): Readable {
  return readThrough(source, watch(source, timeoutMs))
}

async function* watch(source: Readable, timeoutMs: number): AsyncGenerator<Uint8Array, void, undefined> {
  const iterator: AsyncIterator<Uint8Array> = source[Symbol.asyncIterator]()
  for (;;) {
    const timer = setTimeout(() => source.destroy(new Error(`no data received for ${timeoutMs} ms`)), timeoutMs)
    const step = await iterator.next().finally(() => clearTimeout(timer))
    if (step.done === true) return
    yield step.value
  }
}
