import type { Readable } from 'node:stream'
import { CodedError } from '../../../contract/errors.ts'
import { readThrough } from '../../external/storage/read-through.ts'

/** Interval of asking whether bytes that are being sent are still served. */
export const servedCheckMs = 10_000

/**
 * Passes bytes on while they are served. Players keep one response open for as long as they play, so the check at its
 * beginning is not enough. Ends with the NOT_FOUND of `assertServed`.
 */
export function whileServed(source: Readable, assertServed: () => Promise<void>, nowMs: () => number): Readable {
  async function* served(): AsyncGenerator<Uint8Array, void, undefined> {
    let checkedAtMs = nowMs()
    for await (const chunk of source as AsyncIterable<Uint8Array>) {
      if (nowMs() - checkedAtMs >= servedCheckMs) {
        await assertServed().catch(endIfWithdrawn)
        checkedAtMs = nowMs()
      }
      yield chunk
    }
  }

  return readThrough(source, served())
}

/** Listeners keep hearing while the store is away. */
function endIfWithdrawn(error: unknown): void {
  if (error instanceof CodedError && error.code === 'NOT_FOUND') throw error
}
