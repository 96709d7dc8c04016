import type { Gauge } from 'prom-client'

/** Sets a gauge to one value for each name; names that are not there any more go. */
export function fill(gauge: Gauge, label: string, values: Readonly<Record<string, number>>): void {
  gauge.reset()
  for (const [name, value] of Object.entries(values)) gauge.set({ [label]: name }, value)
}
