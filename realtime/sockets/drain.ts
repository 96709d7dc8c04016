import { setTimeout as pause } from 'node:timers/promises'

/** A connection that is to be sent away. */
export interface Leaver {
  /** Who a show can't go on without: they go last and come back first. */
  readonly isOnStage: boolean
  /** Tells it when to come back, in ms from now, and closes it. */
  sendAway(reconnectAfterMs: number): void
}

export interface DrainClock {
  /** At least 0, less than 1. */
  random(): number
  wait(ms: number): Promise<unknown>
}

/** Nobody comes back sooner: a server that is started again takes a moment, and who is refused waits longer. */
const soonestMs = 1000
/** A server lets in so many people at a time that each of a crowd gets so much time of its own. */
const comingBackMsEach = 2
const latestMs = 30_000
const goingMsEach = 1
const stepMs = 20
const systemClock: DrainClock = { random: Math.random, wait: pause }

/** After how many ms somebody of a crowd may come back: the stage at once, others spread over as long as it takes to let them in. */
export function comeBackAfterMs(
  { isOnStage }: Pick<Leaver, 'isOnStage'>,
  crowd: number,
  random: () => number = Math.random
): number {
  if (isOnStage) return soonestMs
  return Math.round(
    soonestMs + random() * Math.min(Math.max(soonestMs, crowd * comingBackMsEach), latestMs - soonestMs)
  )
}

/** In an order of chance, so that nobody's place in it says when they come back; the stage at the end. */
function inOrder(leavers: readonly Leaver[], random: () => number): Leaver[] {
  const drawn = leavers.map(leaver => ({ leaver, place: random() + (leaver.isOnStage ? 1 : 0) }))
  return drawn.sort((a, b) => a.place - b.place).map(({ leaver }) => leaver)
}

/**
 * Sends a crowd away little by little: a few at once, thousands over some seconds, never longer than `withinMs`. Shows go on
 * meanwhile for who is still there.
 */
export async function sendAway(
  leavers: readonly Leaver[],
  withinMs: number,
  clock: DrainClock = systemClock
): Promise<void> {
  const steps = Math.ceil(Math.min(leavers.length * goingMsEach, withinMs) / stepMs)
  const waiting = inOrder(leavers, clock.random)
  for (let step = 1; step <= steps; step++) {
    for (const leaver of waiting.splice(0, Math.ceil(waiting.length / (steps - step + 1)))) {
      leaver.sendAway(comeBackAfterMs(leaver, leavers.length, clock.random))
    }
    if (step < steps) await clock.wait(stepMs)
  }
}
