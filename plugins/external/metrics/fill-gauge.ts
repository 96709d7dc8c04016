import type { Gauge } from 'prom-client'

/** Sets a gauge to one value for each label value, and removes all other label values. */
export function fillGauge(gauge: Gauge, label: string, values: Readonly<Record<string, number>>): void {
  gauge.reset()
  for (const [name, value] of Object.entries(values)) gauge.set({ [label]: name }, value)
}
