import { Counter, Histogram, type Registry } from 'prom-client'

/**
 * Outcome of a call to a repository of metadata: `ok`, `notFound`; `wait`, it asked to wait; `refused`, it refused the
 * key; `invalid`, its answer has another form; `failed`, any other failure; `away`, no answer.
 */
export type CallOutcome = 'ok' | 'notFound' | 'wait' | 'refused' | 'invalid' | 'failed' | 'away'

/** Metrics of the calls to repositories of metadata. */
export function createRepositoryMeter(registry: Registry) {
  const calls = new Counter({
    name: 'ambient_metadata_calls_total',
    help: 'Calls to repositories of metadata, by source and outcome; wait is an answer that asks to wait',
    labelNames: ['source', 'outcome'],
    registers: [registry]
  })
  const waits = new Histogram({
    name: 'ambient_metadata_call_wait_seconds',
    help: 'Time that calls to repositories of metadata waited for their turn',
    buckets: [0.1, 0.5, 1, 2, 5, 10, 30, 60, 120],
    labelNames: ['source'],
    registers: [registry]
  })

  return {
    called: (source: string, outcome: CallOutcome): void => calls.inc({ source, outcome }),
    waited: (source: string, waitedMs: number): void => waits.observe({ source }, waitedMs / 1000)
  }
}
