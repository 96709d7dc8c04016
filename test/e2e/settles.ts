import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'

const pollEveryMs = 50
const timeoutMs = 20_000

/**
 * Checks what a page shows after an action, as soon as it shows it: a page is drawn when there is time for it, and what
 * another part of it shows already says nothing about this one.
 */
export async function settles<T>(t: Test, read: () => Promise<T>, expected: T, message = ''): Promise<void> {
  const endMs = performance.now() + timeoutMs
  let seen = await read()
  while (seen !== expected && performance.now() < endMs) {
    await sleep(pollEveryMs)
    seen = await read()
  }
  t.equal(seen, expected, message)
}
