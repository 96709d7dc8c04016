/*
 * Loaded into a process that is measured (NODE_OPTIONS --import). At SIGWINCH it collects garbage and appends one line
 * of JSON to the file PROBE_FILE: the memory in use, and the longest block of the event loop since the last line.
 */
import { appendFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { isMainThread } from 'node:worker_threads'

/** Resets the delays only after the garbage collection, whose own block must not be reported. */
const resetDelayMs = 200

const file = process.env.PROBE_FILE
if (isMainThread && file) {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  setFlagsFromString('--expose-gc')
  const collectGarbage: () => void = runInNewContext('gc')
  process.on('SIGWINCH', () => {
    const blockedMs = delay.max / 1e6
    collectGarbage()
    appendFileSync(
      file,
      JSON.stringify({
        blockedMs,
        rssKib: process.memoryUsage.rss() / 1024,
        heapKib: process.memoryUsage().heapUsed / 1024
      }) + '\n'
    )
    setTimeout(() => delay.reset(), resetDelayMs)
  })
}
