import fp from 'fastify-plugin'
import { collectDefaultMetrics, Registry } from 'prom-client'
import { createClusterMeter } from './metrics/cluster.ts'
import { createEventSequenceMeter } from './metrics/event-sequence.ts'
import { createHttpMeter } from './metrics/http.ts'
import { createLiveMeter } from './metrics/live.ts'
import { createMediaMeter } from './metrics/media.ts'
import { createNotificationMeter } from './metrics/notifications.ts'
import { createRealtimeMeter } from './metrics/realtime.ts'
import { createRepositoryMeter } from './metrics/repositories.ts'
import { createServerMeter } from './metrics/server.ts'
import { createRecordingMeter } from './metrics/recordings.ts'
import { createReplayMeter } from './metrics/replays.ts'
import { createSongMeter } from './metrics/songs.ts'
import { createSpotifyMeter } from './metrics/spotify.ts'
import { createStreamMeter } from './metrics/streams.ts'
import { createStoreMeter } from './metrics/store.ts'
import { createTranscriptMeter } from './metrics/transcripts.ts'

declare module 'fastify' {
  interface FastifyInstance {
    metrics: Metrics
  }
}

export type Metrics = ReturnType<typeof createMetrics>

/** The event loop wakes up in this interval to measure its lag, also when nothing happens. The values include it. */
const eventLoopIntervalMs = 50

/**
 * Metrics by concern. Their names begin with `ambient_`; the default metrics of Node.js processes keep the names that
 * dashboards know (`process_…`, `nodejs_…`). No label holds an id, an address or anything else a client can choose:
 * https://prometheus.io/docs/practices/naming/#labels
 */
export function createMetrics() {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: eventLoopIntervalMs })

  return {
    http: createHttpMeter(registry),
    cluster: createClusterMeter(registry),
    realtime: createRealtimeMeter(registry),
    media: createMediaMeter(registry),
    live: createLiveMeter(registry),
    store: createStoreMeter(registry),
    spotify: createSpotifyMeter(registry),
    repositories: createRepositoryMeter(registry),
    songs: createSongMeter(registry),
    recordings: createRecordingMeter(registry),
    replays: createReplayMeter(registry),
    streams: createStreamMeter(registry),
    transcripts: createTranscriptMeter(registry),
    notifications: createNotificationMeter(registry),
    server: createServerMeter(registry),
    eventSequence: createEventSequenceMeter(registry),
    contentType: registry.contentType,
    /** Returns all metrics in the text format of Prometheus. */
    text: async (): Promise<string> => await registry.metrics()
  }
}

/** Metrics of the server. */
export default fp(
  async app => {
    app.decorate('metrics', createMetrics())
  },
  { name: 'metrics' }
)
