/*
 * node mix.ts
 *
 * Mixes one replay in its working folder. Reads a `MixPlan` from standard input, and writes a `MixMessage` in each line
 * of standard output. It is a process of its own: mixing takes minutes, and must not delay live shows.
 */
import { json } from 'node:stream/consumers'
import { inSteps, mixReplay } from './mix-replay.ts'
import type { MixMessage, MixPlan } from './plan.ts'

// The plan comes from our own server.
const plan = (await json(process.stdin)) as MixPlan
const write = (message: MixMessage) => process.stdout.write(`${JSON.stringify(message)}\n`)
const { timeLimitMs, maxDurationMs } = plan
const result = await mixReplay(
  plan,
  { folder: process.cwd(), timeLimitMs, maxDurationMs, signal: new AbortController().signal },
  inSteps(progress => write({ progress }))
)
write({ result })
