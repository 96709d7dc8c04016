import fp from 'fastify-plugin'
import packageJson from '../../../package.json' with { type: 'json' }

/** Tells what this server is, and whether it should get traffic. */
export default fp(
  async app => {
    const { metrics, readiness, config } = app
    metrics.server.is({ version: packageJson.version, store: config.MONGODB_URL ? 'mongodb' : 'embedded' })
    metrics.server.supply({
      isDraining: readiness.isDraining,
      async dependencies() {
        const down = new Set(await readiness.reasons())
        return Object.fromEntries(readiness.dependencies().map(name => [name, down.has(name) ? 0 : 1]))
      }
    })
  },
  { name: 'server-metrics', dependencies: ['metrics', 'readiness'] }
)
