import fp from 'fastify-plugin'
import { collectDefaultMetrics, Registry } from 'prom-client'
import { createHttpMeter } from './metrics/http.ts'
import { createMediaMeter } from './metrics/media.ts'
import { createRealtimeMeter } from './metrics/realtime.ts'
import { createServerMeter } from './metrics/server.ts'
import { createSongMeter } from './metrics/songs.ts'
import { createSpotifyMeter } from './metrics/spotify.ts'
import { createStoreMeter } from './metrics/store.ts'

declare module 'fastify' {
  interface FastifyInstance {
    metrics: Metrics
  }
}

export type Metrics = ReturnType<typeof createMetrics>

/**
 * What is counted, by concern, each with methods in that concern's own words. Ours are named `ambient_…`; what every Node.js process has
 * keeps the names everybody's dashboards know (`process_…`, `nodejs_…`). No label ever holds an id, an address or anything else that
 * a client can choose: https://prometheus.io/docs/practices/naming/#labels
 */
export function createMetrics() {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })

  return {
    http: createHttpMeter(registry),
    realtime: createRealtimeMeter(registry),
    media: createMediaMeter(registry),
    store: createStoreMeter(registry),
    spotify: createSpotifyMeter(registry),
    songs: createSongMeter(registry),
    server: createServerMeter(registry),
    contentType: registry.contentType,
    /** Everything, as Prometheus reads it. */
    text: async (): Promise<string> => await registry.metrics()
  }
}

export default fp(
  async app => {
    app.decorate('metrics', createMetrics())
  },
  { name: 'metrics' }
)
