import type { FastifyInstance } from 'fastify'
import type { StreamSources } from './show-programs.ts'

/** Returns what streams need of the store and of the settings. */
export function streamSourcesOf({
  shows,
  songs,
  config,
  metrics
}: Pick<FastifyInstance, 'shows' | 'songs' | 'config' | 'metrics'>): StreamSources {
  return {
    isStreamable: shows.isStreamable,
    rightsOf: songs.rightsOf,
    observer: metrics.streams,
    limits: {
      shows: config.LIMIT_STREAMS,
      listenersPerShow: config.LIMIT_STREAM_LISTENERS,
      listenersPerAddress: config.LIMIT_STREAM_LISTENERS_PER_ADDRESS
    }
  }
}
