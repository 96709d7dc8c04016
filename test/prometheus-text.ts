/** One sample of a metrics page. */
export interface Sample {
  name: string
  labels: Record<string, string>
  value: number
}

/** Parses the Prometheus text format: https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format */
export function parseExposition(text: string): Sample[] {
  return text
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'))
    .map(line => {
      const [, name, labels = '', value] = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
      if (name === undefined || value === undefined) throw new Error(`not a sample: ${line}`)
      return {
        name,
        labels: Object.fromEntries(
          [...labels.matchAll(/([a-z]+)="((?:[^"\\]|\\.)*)"/gi)].map(([, key, text]) => [key ?? '', text ?? ''])
        ),
        value: Number(value)
      }
    })
}

/** Returns the sum of the series that have this name and these labels; 0 when there is none. */
export function sampleValue(samples: readonly Sample[], name: string, labels: Record<string, string> = {}): number {
  const found = samples.filter(
    sample => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value)
  )
  return found.reduce((sum, { value }) => sum + value, 0)
}
