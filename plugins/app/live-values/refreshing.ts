/** Minimum time from the start of one refresh to the next, ms. */
const everyMs = 1000

/** Refreshes again and again, one at a time. */
export interface Refreshing {
  /** Starts, and waits for the first refresh. */
  start(): Promise<void>
  /** Stops, and waits for the refresh that is running. */
  stop(): Promise<void>
}

/** @param refresh never rejects */
export function startRefreshing(refresh: () => Promise<void>): Refreshing {
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()
  let isStopped = false

  async function run(): Promise<void> {
    const startedAtMs = performance.now()
    await refresh()
    if (isStopped) return
    timer = setTimeout(
      () => {
        running = run()
      },
      Math.max(0, everyMs - (performance.now() - startedAtMs))
    ).unref()
  }

  return {
    async start() {
      running = run()
      await running
    },
    async stop() {
      isStopped = true
      clearTimeout(timer)
      await running
    }
  }
}
