import { existsSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

/*
 * Loaded into a server with `NODE_OPTIONS=--import`. Throws an uncaught error in the thread of its embedded store when
 * the file CRASH_WHEN appears.
 */

const pollIntervalMs = 20

if (!isMainThread) {
  setInterval(() => {
    if (existsSync(process.env.CRASH_WHEN ?? '')) throw new Error('simulated crash')
  }, pollIntervalMs).unref()
}
