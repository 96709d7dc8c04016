/** Waits until a condition holds. Throws when it does not within the time. */
export async function until(condition: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<void> {
  const startedMs = performance.now()
  while (!(await condition())) {
    if (performance.now() - startedMs > withinMs) throw new Error(`not within ${withinMs} ms: ${String(condition)}`)
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}

export async function wait(ms: number): Promise<void> {
  await new Promise(resolve => setTimeout(resolve, ms))
}
