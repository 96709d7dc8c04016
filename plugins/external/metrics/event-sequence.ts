import { Counter, Gauge, type Registry } from 'prom-client'

/** Figures of the relay of events. */
export interface RelayFigures {
  /** Shows with records that are not relayed yet. */
  waitingShows: number
  /** Time that the oldest of them has waited, ms. */
  lagMs: number
  isInterrupted: boolean
}

/** Metrics of the sequence of events. */
export function createEventSequenceMeter(registry: Registry) {
  let read: (() => RelayFigures) | undefined
  const gauge = (name: string, help: string, figure: (figures: RelayFigures) => number) => {
    const created: Gauge = new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        if (read) created.set(figure(read()))
      }
    })
  }
  gauge('ambient_events_lag_seconds', 'Age of the oldest record that is not relayed', ({ lagMs }) => lagMs / 1000)
  gauge('ambient_events_waiting_shows', 'Shows with records that are not relayed', figures => figures.waitingShows)
  gauge('ambient_events_interrupted', '1 while the sink of events fails', figures => Number(figures.isInterrupted))
  const relayed = new Counter({
    name: 'ambient_events_relayed_total',
    help: 'Records that the sink of events has taken, by stream: log, audience',
    labelNames: ['stream'],
    registers: [registry]
  })
  const failures = new Counter({
    name: 'ambient_events_failures_total',
    help: 'Deliveries of events that failed and are repeated',
    registers: [registry]
  })
  const unreadable = new Counter({
    name: 'ambient_events_unreadable_total',
    help: 'Records that were relayed without their contents, because this build cannot read them',
    registers: [registry]
  })

  return {
    /** Binds the function that reads the figures; it is called by each scrape. */
    bind(readRelay: () => RelayFigures): void {
      read = readRelay
    },
    relayed: (stream: string, count: number) => relayed.inc({ stream }, count),
    failed: () => failures.inc(),
    unreadable: (count: number) => unreadable.inc(count)
  }
}
