import packageJson from '../../../package.json' with { type: 'json' }
import type { Metrics } from '../../external/metrics.ts'
import type { Readiness } from './readiness.ts'

export interface ServerMetricsParts {
  metrics: Metrics['server']
  readiness: Readiness
  store: 'mongodb' | 'embedded'
}

/** Reports the version of this server, and whether it should get traffic. */
export function describeServer({ metrics, readiness, store }: ServerMetricsParts): void {
  metrics.is({ version: packageJson.version, store })
  metrics.bind({
    isDraining: readiness.isDraining,
    async dependencies() {
      const down = new Set([...(await readiness.reasons()), ...(await readiness.degraded())])
      return Object.fromEntries(readiness.dependencies().map(name => [name, down.has(name) ? 0 : 1]))
    }
  })
}
