import fp from 'fastify-plugin'
import pTimeout from 'p-timeout'
import { createUpkeep } from '../operations/maintenance.ts'
import { songSettings } from './settings.ts'
import { createSongs, type Songs } from './songs.ts'
import { Tags } from './transcode/tags.ts'

declare module 'fastify' {
  interface FastifyInstance {
    songs: Songs
  }
}

const maxRemovalIntervalMs = 60_000
/** Timeout of counting the queue for a scrape. Without an answer the metric has a gap. */
const countTimeoutMs = 1000

/** Songs of people: the API's services, the transcoding worker and the removal of leftovers. */
export default fp(
  async app => {
    const { db, storage, pictures, liveShows, notices, metrics, config, validator } = app
    const log = app.log.child({ part: 'songs' })
    const settings = songSettings(config)
    const songs = await createSongs({
      db,
      storage,
      pictures,
      liveShows,
      notices,
      ticketKeys: config.JWT_KEYS,
      parseTags: validator.reader(Tags),
      settings,
      log,
      onAttemptEnd: metrics.songs.processed
    })
    app.decorate('songs', songs)
    app.personalData.register('songs', songs.personalData)
    metrics.songs.supply(
      async () => await pTimeout(songs.countWaiting(), { milliseconds: countTimeoutMs }).catch(() => null)
    )
    const maintenance = createUpkeep(
      [
        {
          name: 'remove leftovers of songs',
          everyMs: Math.min(settings.leaseMs, maxRemovalIntervalMs),
          run: songs.removeLeftovers
        }
      ],
      log
    )
    app.addHook('onListen', async () => {
      maintenance.begin()
      songs.worker.open()
    })
    app.addHook('onClose', async () => {
      await Promise.all([maintenance.close(), songs.worker.close()])
    })
  },
  {
    name: 'songs',
    dependencies: ['metrics', 'mongodb', 'storage', 'pictures', 'validation', 'live-shows', 'notices', 'personal-data']
  }
)
