import fp from 'fastify-plugin'
import { createArtistCards, type ArtistCards } from './artist-cards.ts'
import { openMetadata } from './open-metadata.ts'
import { createRefresh, type RefreshDocument } from './refresh.ts'
import { createSongMetadata, type SongMetadataService } from './song-metadata.ts'

declare module 'fastify' {
  interface FastifyInstance {
    songMetadata: SongMetadataService
    artistCards: ArtistCards
  }
}

const askIntervalMs = 5000
const refreshIntervalMs = 10 * 60_000
/** Content that may be shown for six hours is removed at an age of 24, so in 28 hours at most. */
const cleanupIntervalMs = 4 * 3_600_000

/** Metadata of songs and artists from repositories. */
export default fp(
  async app => {
    const { config, db, records, storage, redis, songs, playlists, shows, notices, validator, metrics, readiness } = app
    const log = app.log.child({ part: 'metadata' })
    const nowMs = Date.now
    const closing = new AbortController()
    const { signal } = closing
    const { repositories, cache, answers, proposalFinder, asker } = await openMetadata({
      config,
      redis,
      records,
      storage,
      questions: songs.questions,
      notices,
      validator,
      metrics,
      readiness,
      log,
      signal
    })
    const cards = createArtistCards({
      repositories,
      answers,
      findSong: songs.questions.findByArtist,
      findItem: playlists.findByArtist,
      log,
      nowMs
    })
    const refresh = createRefresh({
      refreshes: db.collection<RefreshDocument>('metadataRefreshes'),
      shows,
      playlists,
      cards,
      signal,
      nowMs
    })

    let asking = Promise.resolve()
    /** Starts asking unless it goes on already. It may take hours, so no maintenance task waits for it. */
    function ask(): void {
      if (signal.aborted) return
      asking = asker.run().then(
        () => {},
        (err: unknown) => {
          if (!signal.aborted) log.error({ err }, 'asking for metadata failed')
        }
      )
    }

    app.decorate('songMetadata', createSongMetadata({ songs, proposalFinder, onWaiting: ask }))
    app.decorate('artistCards', cards)
    app.maintenance.every('remove old metadata', cleanupIntervalMs, cache.removeOld)
    let timers: NodeJS.Timeout[] = []
    let background = Promise.resolve()
    const inBackground = (task: () => Promise<void>, name: string) => {
      background = background.then(task).catch((err: unknown) => {
        if (!signal.aborted) log.error({ err, task: name }, 'metadata task failed')
      })
    }
    app.addHook('onListen', async () => {
      inBackground(async () => await songs.questions.queueOlderSongs(signal), 'queue older songs')
      timers = [setInterval(ask, askIntervalMs).unref()]
      if (repositories.some(({ name }) => name !== 'tags')) {
        const startRefresh = () => inBackground(refresh, 'refresh artists')
        startRefresh()
        timers.push(setInterval(startRefresh, refreshIntervalMs).unref())
      }
      ask()
    })
    app.addHook('onClose', async () => {
      closing.abort()
      for (const timer of timers) clearInterval(timer)
      await Promise.all([asking, background])
    })
  },
  {
    name: 'metadata',
    dependencies: [
      'metrics',
      'operations',
      'mongodb',
      'records',
      'storage',
      'redis',
      'http',
      'people',
      'shows',
      'songs',
      'playlists'
    ]
  }
)
