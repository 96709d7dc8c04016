import { Gauge, type Registry } from 'prom-client'
import { fill } from './fill.ts'

/** What this server is. */
export interface BuildFacts {
  version: string
  store: 'embedded' | 'mongodb'
}

/** How this server stands. `dependencies`: 1 for each that answers, 0 for one that does not. */
export interface ServerFigures {
  isDraining(): boolean
  dependencies(): Promise<Readonly<Record<string, 0 | 1>>>
}

/** The server itself: what it is, and whether it should get traffic. */
export function createServerMeter(registry: Registry) {
  let figures: ServerFigures | undefined
  const build = new Gauge({
    name: 'ambient_build_info',
    help: 'What runs here, in the labels; always 1',
    labelNames: ['version', 'node', 'store'],
    registers: [registry]
  })
  registry.registerMetric(
    new Gauge({
      name: 'ambient_draining',
      help: '1 while the server sends people away before it stops',
      registers: [],
      collect() {
        this.set(figures?.isDraining() ? 1 : 0)
      }
    })
  )
  registry.registerMetric(
    new Gauge({
      name: 'ambient_dependency_up',
      help: '1 for what the server needs and has, 0 for what it lacks: then /readyz says no',
      labelNames: ['dependency'],
      registers: [],
      async collect() {
        if (figures) fill(this, 'dependency', await figures.dependencies())
      }
    })
  )

  return {
    is({ version, store }: BuildFacts): void {
      build.set({ version, node: process.version, store }, 1)
    },
    /** Who knows it says how the server stands, whenever somebody asks. */
    bind(supplied: ServerFigures): void {
      figures = supplied
    }
  }
}
