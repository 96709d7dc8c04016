import { Gauge, type Registry } from 'prom-client'

/** Live values of all nodes together, as this node knows them. */
export interface LiveValueFigures {
  usersConnected: number
  /** Time since the values were read. */
  ageSeconds: number
}

/** Metrics of the live values. */
export function createLiveMeter(registry: Registry) {
  let read: (() => LiveValueFigures | undefined) | undefined
  const registers = [registry]
  const users = new Gauge({
    name: 'ambient_live_users_connected',
    help: 'People connected to all nodes; each node reports the same number',
    registers,
    collect() {
      const figures = read?.()
      if (figures) users.set(figures.usersConnected)
    }
  })
  const age = new Gauge({
    name: 'ambient_live_values_age_seconds',
    help: 'Time since the live values were refreshed',
    registers,
    collect() {
      const figures = read?.()
      if (figures) age.set(figures.ageSeconds)
    }
  })
  return {
    /** Binds the function that reads the figures; it is called by each scrape. */
    bind(readValues: () => LiveValueFigures | undefined): void {
      read = readValues
    }
  }
}
