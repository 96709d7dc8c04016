import fp from 'fastify-plugin'
import { createRequestableSongs, type RequestableSongs } from './requestable-songs.ts'
import { songSettings } from './settings.ts'
import { withdrawRequests } from './removed-requests.ts'
import { createSongs, type Songs } from './songs.ts'
import { Tags } from './transcode/tags.ts'

declare module 'fastify' {
  interface FastifyInstance {
    songs: Songs
    requestableSongs: RequestableSongs
  }
}

const maxRemovalIntervalMs = 60_000

/** Songs of people: the API's services, the transcoding worker and the removal of leftovers. */
export default fp(
  async app => {
    const { db, storage, pictures, shows, notices, metrics, config, validator, pseudonymOf } = app
    const log = app.log.child({ part: 'songs' })
    const settings = songSettings(config)
    const songs = await createSongs({
      db,
      storage,
      pictures,
      shows,
      notices,
      ticketKeys: config.JWT_KEYS,
      hash: pseudonymOf,
      parseTags: validator.reader(Tags),
      settings,
      log,
      onAttemptEnd: metrics.songs.processed
    })
    app.decorate('songs', songs)
    songs.onRemoved(withdrawRequests({ findLiveShowId: shows.findLiveShowId, liveShows: app.liveShows }))
    app.decorate(
      'requestableSongs',
      createRequestableSongs({ songs, showGuard: app.showGuard, liveShows: app.liveShows })
    )
    app.personalData.register('songs', songs.personalData)
    metrics.songs.bind(songs.countWaiting)
    const removalIntervalMs = Math.min(settings.leaseMs, maxRemovalIntervalMs)
    app.maintenance.every('remove leftovers of songs', removalIntervalMs, songs.removeLeftovers)
    app.maintenance.every('update playlists of changed songs', removalIntervalMs, songs.tellLeftChanges)
    app.addHook('onListen', async () => songs.worker.open())
    app.addHook('onClose', async () => await songs.worker.close())
  },
  {
    name: 'songs',
    dependencies: ['metrics', 'operations', 'mongodb', 'storage', 'pictures', 'http', 'people', 'privacy', 'shows']
  }
)
