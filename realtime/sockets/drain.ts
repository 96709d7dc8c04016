import { setTimeout as pause } from 'node:timers/promises'

/** A connection that a draining server closes. */
export interface DrainTarget {
  /** Connections on stage close last and reconnect first, because a show needs its stage. */
  readonly isOnStage: boolean
  /** Tells the client to reconnect after this time, ms, and closes the connection. */
  close(reconnectAfterMs: number): void
}

export interface DrainClock {
  /** Returns a number of at least 0 and less than 1. */
  random(): number
  wait(ms: number): Promise<unknown>
}

/** Minimum time before a client reconnects: a restarted server takes a moment, and a refused client waits longer. */
const minReconnectMs = 1000
/** The same where another server is there already. */
const minElsewhereMs = 50
/** Clients reconnect within this time each, so that the server admits them one after the other. */
const reconnectMsPerClient = 2
const maxReconnectMs = 30_000
const closeMsPerClient = 1
const stepMs = 20
const systemClock: DrainClock = { random: Math.random, wait: pause }

/**
 * When a client may reconnect, ms from now: the stage after `minMs`, others spread over the time it takes to admit all
 * `count` of them.
 */
export function reconnectAfterMs(
  { isOnStage }: Pick<DrainTarget, 'isOnStage'>,
  count: number,
  random: () => number = Math.random,
  minMs = minReconnectMs
): number {
  if (isOnStage) return minMs
  const spreadMs = Math.min(Math.max(minMs, count * reconnectMsPerClient), maxReconnectMs - minMs)
  return Math.round(minMs + random() * spreadMs)
}

/** Shuffles the targets, so that their place does not decide when they reconnect; the stage comes last. */
function shuffled(targets: readonly DrainTarget[], random: () => number): DrainTarget[] {
  const drawn = targets.map(target => ({ target, place: random() + (target.isOnStage ? 1 : 0) }))
  return drawn.sort((a, b) => a.place - b.place).map(({ target }) => target)
}

/**
 * Closes connections in small steps: a few at once, thousands over some seconds, never longer than `withinMs`. Shows
 * continue for the clients that are still connected. `isElsewhere` says that another server takes the clients now.
 */
export async function drain(
  targets: readonly DrainTarget[],
  withinMs: number,
  { clock = systemClock, isElsewhere = false }: { clock?: DrainClock; isElsewhere?: boolean } = {}
): Promise<void> {
  const minMs = isElsewhere ? minElsewhereMs : minReconnectMs
  const steps = Math.ceil(Math.min(targets.length * closeMsPerClient, withinMs) / stepMs)
  const waiting = shuffled(targets, clock.random)
  for (let step = 1; step <= steps; step++) {
    for (const target of waiting.splice(0, Math.ceil(waiting.length / (steps - step + 1)))) {
      target.close(reconnectAfterMs(target, targets.length, clock.random, minMs))
    }
    if (step < steps) await clock.wait(stepMs)
  }
}
