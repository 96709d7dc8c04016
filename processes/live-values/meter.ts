import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

export type Meter = ReturnType<typeof createMeter>

/** Creates the metrics of a consumer. `readLag` returns the messages that wait for it; undefined: not known. */
export function createMeter(readLag: () => Promise<number | undefined>) {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const messages = new Counter({
    name: 'ambient_live_values_messages_total',
    help: 'Messages read: folded, known (folded before), or set aside because they cannot be read',
    labelNames: ['result'],
    registers
  })
  for (const result of ['folded', 'known', 'set_aside']) messages.inc({ result }, 0)
  const gaps = new Counter({
    name: 'ambient_live_values_gaps_total',
    help: 'Times that records of a show were missing between two messages',
    registers
  })
  const rebuilds = new Counter({
    name: 'ambient_live_values_streams_total',
    help: 'Times that the consumer began to read: at its start, after errors, and after Redis was emptied',
    registers
  })
  const delays = new Histogram({
    name: 'ambient_live_values_delay_seconds',
    help: 'Time from an event to its fold',
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 30, 300],
    registers
  })
  const lag = new Gauge({
    name: 'ambient_live_values_lag_messages',
    help: 'Messages in the partitions of this consumer that it has not folded yet',
    registers,
    async collect() {
      const waiting = await readLag()
      if (waiting === undefined) lag.remove()
      else lag.set(waiting)
    }
  })

  return {
    folded: (count: number) => messages.inc({ result: 'folded' }, count),
    known: (count: number) => messages.inc({ result: 'known' }, count),
    setAside: (count: number) => messages.inc({ result: 'set_aside' }, count),
    foundGaps: (count: number) => gaps.inc(count),
    beganReading: () => rebuilds.inc(),
    delayed: (ms: number) => delays.observe(Math.max(0, ms) / 1000),
    contentType: registry.contentType,
    text: async (): Promise<string> => await registry.metrics()
  }
}
