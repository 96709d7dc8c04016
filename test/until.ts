/** Pause between two looks: longer when a look sends something. */
const pauseMs = 10
const longPauseMs = 50

/** Waits until a condition holds. Throws when it does not within the time. */
export async function until(condition: () => boolean | Promise<boolean>, withinMs = Infinity): Promise<void> {
  const startedMs = performance.now()
  for (;;) {
    const answer = condition()
    if (await answer) return
    if (performance.now() - startedMs > withinMs) throw new Error(`not within ${withinMs} ms: ${String(condition)}`)
    await new Promise(resolve => setTimeout(resolve, answer instanceof Promise ? longPauseMs : pauseMs))
  }
}
