import { join } from 'node:path'
import fp from 'fastify-plugin'
import { MixMessage } from './mixing/plan.ts'
import { createReplays, type Replays } from './replays.ts'

declare module 'fastify' {
  interface FastifyInstance {
    replays: Replays
  }
}

const removeEveryMs = 60_000

/** Replays of recorded shows. */
export default fp(
  async app => {
    const { db, storage, recordings, shows, showGuard, eventLog, audienceLog, comments, songs, users, blocks } = app
    const { config, publicUrl, validator, transcripts, metrics } = app
    const log = app.log.child({ part: 'replays' })
    const replays = await createReplays({
      ...{ db, storage, recordings, shows, showGuard, eventLog, audienceLog, comments, songs, users, blocks },
      transcripts,
      ticketKeys: config.JWT_KEYS,
      publicUrl,
      parseMessage: validator.reader(MixMessage),
      workFolder: join(config.DATA_DIR, 'replay-work'),
      minFreeBytes: config.MIN_FREE_BYTES,
      leaseMs: config.SONG_LEASE_MS,
      log,
      nowMs: Date.now,
      onAttemptEnd: metrics.replays.mixed
    })
    app.decorate('replays', replays)
    shows.findReplaysBy(replays.publishedAmong)
    recordings.onChanged(replays.stintsChanged)
    songs.onChanged(replays.songChanged)
    songs.onRemoved(replays.songRemoved)
    transcripts.visibleBy(replays.findAudiblePart)
    transcripts.onChanged(showId => {
      replays.transcriptChanged(showId).catch((err: unknown) => {
        log.warn({ err, showId }, 'captions of a replay not updated')
      })
    })
    app.personalData.register('replays', replays.personalData)
    app.showData.register('replays', replays.removeOfShow)
    app.maintenance.every('remove leftovers of replays', removeEveryMs, replays.removeLeftovers)
    app.maintenance.every('check replays that were mixed', removeEveryMs, replays.checkLeft)
    app.addHook('onListen', async () => replays.worker.open())
    app.addHook('onClose', async () => await replays.worker.close())
  },
  {
    name: 'replays',
    dependencies: [
      ...['mongodb', 'storage', 'metrics', 'operations', 'privacy', 'http', 'people', 'identity', 'shows'],
      ...['comments', 'recordings', 'songs', 'transcripts']
    ]
  }
)
