import { existsSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

/** Loaded ahead of a server (`NODE_OPTIONS=--import`): lets its store's thread die of an error nobody foresaw when the file CRASH_WHEN appears. */
const everyMs = 20

if (!isMainThread) {
  setInterval(() => {
    if (existsSync(process.env.CRASH_WHEN ?? '')) throw new Error('nobody foresaw this')
  }, everyMs).unref()
}
