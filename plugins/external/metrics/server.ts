import { Gauge, type Registry } from 'prom-client'
import { fillGauge } from './fill-gauge.ts'

/** Version and store of this server. */
export interface BuildFacts {
  version: string
  store: 'embedded' | 'mongodb'
}

/** State of this server. `dependencies`: 1 for an available one, 0 for an unavailable one. */
export interface ServerFigures {
  isDraining(): boolean
  dependencies(): Promise<Readonly<Record<string, 0 | 1>>>
}

/** Metrics of the server itself: its version, and whether it should get traffic. */
export function createServerMeter(registry: Registry) {
  let figures: ServerFigures | undefined
  const build = new Gauge({
    name: 'ambient_build_info',
    help: 'Version and store in the labels; always 1',
    labelNames: ['version', 'node', 'store'],
    registers: [registry]
  })
  registry.registerMetric(
    new Gauge({
      name: 'ambient_draining',
      help: '1 while the server disconnects its clients before it stops',
      registers: [],
      collect() {
        this.set(figures?.isDraining() ? 1 : 0)
      }
    })
  )
  registry.registerMetric(
    new Gauge({
      name: 'ambient_dependency_up',
      help: '1 for an available dependency, 0 for an unavailable one; /readyz then answers 503, except for redis',
      labelNames: ['dependency'],
      registers: [],
      async collect() {
        if (figures) fillGauge(this, 'dependency', await figures.dependencies())
      }
    })
  )

  return {
    is({ version, store }: BuildFacts): void {
      build.set({ version, node: process.version, store }, 1)
    },
    /** Binds the state of the server; it is read by each scrape. */
    bind(serverFigures: ServerFigures): void {
      figures = serverFigures
    }
  }
}
