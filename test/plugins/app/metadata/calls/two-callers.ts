import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import type { Test } from 'tap'
import { paceOf } from '../../../../../plugins/app/metadata/calls/call-slots.ts'
import { startDiscogsStandIn } from '../../../../standins/discogs/server.ts'
import { maxCallsInWindow } from '../../../../standins/metadata/call-record.ts'
import { startRedis } from '../../../../standins/redis/start.ts'
import type { CallerSettings } from './caller.ts'

export interface TwoCallersOptions {
  /** Length of the moving window, ms. The service allows 60 calls in it. */
  windowMs: number
  /** Time for which Redis is away, each of the two times. */
  outageMs: number
}

/** Counted at the service. */
export interface TwoCallersResult {
  answers: number
  calls: number
  maxCallsInWindow: number
  throttled: number
  durationMs: number
}

const maxCalls = 60
const artists = Array.from({ length: 300 }, (_, index) => index + 1)

/**
 * Two processes ask for 300 artists, while Redis is killed and started again without its data, twice: after a quarter
 * and after half of the calls.
 */
export async function runTwoCallers(t: Test, { windowMs, outageMs }: TwoCallersOptions): Promise<TwoCallersResult> {
  const redis = await startRedis(t)
  const { state, settings, close } = await startDiscogsStandIn()
  t.teardown(close)
  state.limit = { calls: maxCalls, windowMs }
  const pace = paceOf(maxCalls, windowMs)
  const startedAtMs = performance.now()

  async function startCaller(artistIds: number[]): Promise<number> {
    const parameters: CallerSettings = { redisUrl: redis.url, settings, pace, artistIds }
    const child = spawn(process.execPath, [join(import.meta.dirname, 'caller.ts'), JSON.stringify(parameters)], {
      stdio: ['ignore', 'pipe', 'inherit']
    })
    t.teardown(() => child.kill('SIGKILL'))
    const [output] = await Promise.all([text(child.stdout), once(child, 'exit')])
    return Number(output)
  }

  const callers = Promise.all([
    startCaller(artists.filter(id => id % 2 === 0)),
    startCaller(artists.filter(id => id % 2 === 1))
  ])
  for (const share of [0.25, 0.5]) {
    while (state.calls.length < artists.length * share) await pause(20)
    await redis.stop()
    await pause(outageMs)
    await redis.start()
  }
  const answers = await callers
  return {
    answers: answers.reduce((sum, count) => sum + count, 0),
    calls: state.calls.length,
    maxCallsInWindow: maxCallsInWindow(state.calls, windowMs),
    throttled: state.throttled,
    durationMs: Math.round(performance.now() - startedAtMs)
  }
}
