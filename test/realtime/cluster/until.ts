import { until as untilTrue } from '../../until.ts'

/** Waits until a condition holds. Throws when it does not within the time. */
export async function until(condition: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<void> {
  await untilTrue(condition, withinMs)
}

export async function wait(ms: number): Promise<void> {
  await new Promise(resolve => setTimeout(resolve, ms))
}
