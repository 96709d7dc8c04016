import type { Readable } from 'node:stream'
import { readThrough } from './read-through.ts'

/**
 * The same bytes, but a source that keeps its reader waiting for so long is destroyed and the stream fails. A reader may take its time:
 * what nobody waits for is not late.
 */
export function failWhenStalled(source: Readable, patienceMs: number): Readable {
  return readThrough(source, watch(source, patienceMs))
}

async function* watch(source: Readable, patienceMs: number): AsyncGenerator<Uint8Array, void, undefined> {
  const iterator: AsyncIterator<Uint8Array> = source[Symbol.asyncIterator]()
  for (;;) {
    const timer = setTimeout(() => source.destroy(new Error(`nothing came for ${patienceMs} ms`)), patienceMs)
    const step = await iterator.next().finally(() => clearTimeout(timer))
    if (step.done === true) return
    yield step.value
  }
}
