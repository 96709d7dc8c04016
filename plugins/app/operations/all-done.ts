/** Waits until all tasks have ended, and then throws the first error: none of them keeps the others from running. */
export async function allDone(tasks: readonly Promise<unknown>[]): Promise<void> {
  for (const result of await Promise.allSettled(tasks)) if (result.status === 'rejected') throw result.reason
}
