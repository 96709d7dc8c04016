/*
 * Loaded before a process that is measured (NODE_OPTIONS --import). At SIGWINCH it collects garbage and appends a line of JSON to
 * the file PROBE_FILE: what is in memory then, and how long the event loop was blocked at most since the line before.
 */
import { appendFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { isMainThread } from 'node:worker_threads'

const file = process.env.PROBE_FILE
if (isMainThread && file) {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  process.on('SIGWINCH', () => {
    const blockedMs = delay.max / 1e6
    collect()
    appendFileSync(
      file,
      JSON.stringify({
        blockedMs,
        rssKib: process.memoryUsage.rss() / 1024,
        heapKib: process.memoryUsage().heapUsed / 1024
      }) + '\n'
    )
    // The collection itself is a block that nobody asked about.
    setTimeout(() => delay.reset(), 200)
  })
}
