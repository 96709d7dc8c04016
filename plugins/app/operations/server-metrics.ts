import fp from 'fastify-plugin'
import packageJson from '../../../package.json' with { type: 'json' }

/** A store that does not answer in time leaves a gap in the numbers, not a scrape without an end. */
const patienceMs = 1000

/** Tells what this server is, whether it should get traffic, and how many uploads wait. */
export default fp(
  async app => {
    const { metrics, readiness, config, songs } = app
    metrics.server.is({ version: packageJson.version, store: config.MONGODB_URL ? 'mongodb' : 'embedded' })
    metrics.server.supply({
      isDraining: readiness.isDraining,
      async dependencies() {
        const down = new Set(await readiness.reasons())
        return Object.fromEntries(readiness.dependencies().map(name => [name, down.has(name) ? 0 : 1]))
      }
    })
    metrics.songs.supply(async () => await inTime(songs.waiting()))
  },
  { name: 'server-metrics', dependencies: ['metrics', 'readiness', 'songs'] }
)

/** Null when it takes too long, or fails. */
async function inTime<T>(answer: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>(resolve => {
    timer = setTimeout(() => resolve(null), patienceMs)
  })
  try {
    return await Promise.race([answer.catch(() => null), late])
  } finally {
    clearTimeout(timer)
  }
}
