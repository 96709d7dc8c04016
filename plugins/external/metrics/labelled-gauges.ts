import { Gauge, type Registry } from 'prom-client'
import { fillGauge } from './fill-gauge.ts'

/** Creates gauges with one value for each value of a label. Each scrape calls `read`; undefined: not bound yet. */
export function createLabelledGauges<F>(registry: Registry, read: () => F | undefined) {
  return (name: string, help: string, label: string, of: (figures: F) => Readonly<Record<string, number>>) =>
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers: [registry],
      collect() {
        const figures = read()
        if (figures) fillGauge(this, label, of(figures))
      }
    })
}
