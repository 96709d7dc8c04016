import fp from 'fastify-plugin'
import type { StintFiles } from '../../../media/recording/stint-file.ts'
import { createRecordings, type Recordings } from './recordings.ts'
import { recordingSettings } from './settings.ts'

declare module 'fastify' {
  interface FastifyInstance {
    recordings: Recordings
    /** The files of stints that are being recorded. */
    stintFiles: StintFiles
  }
}

const tellEveryMs = 10_000
const removeEveryMs = 60_000
const beatEveryMs = 10_000

/** Recordings of shows: the voice of each speaker, from the spool of this server to the storage. */
export default fp(
  async app => {
    const { db, storage, shows, config, metrics } = app
    const log = app.log.child({ part: 'recordings' })
    const recordings = await createRecordings({
      db,
      storage,
      shows,
      ticketKeys: config.JWT_KEYS,
      settings: recordingSettings(config),
      log,
      nowMs: Date.now
    })
    app.decorate('recordings', recordings)
    app.decorate('stintFiles', recordings.stintFiles)
    metrics.recordings.bind(recordings.countPending)
    app.personalData.register('recordings', recordings.personalData)
    app.showData.register('recordings', recordings.removeOfShow)
    app.maintenance.every('store left stints of recordings', removeEveryMs, recordings.recover)
    app.maintenance.every('tell of changed recordings', tellEveryMs, recordings.tellLeftChanges)
    app.maintenance.every('remove leftovers of recordings', removeEveryMs, recordings.removeLeftovers)
    const beating = setInterval(() => {
      recordings.beat().catch((err: unknown) => log.warn({ err }, 'check of recorded stints failed'))
    }, beatEveryMs)
    app.addHook('onClose', async () => {
      clearInterval(beating)
      await recordings.close()
    })
  },
  { name: 'recordings', dependencies: ['metrics', 'mongodb', 'storage', 'operations', 'privacy', 'identity', 'shows'] }
)
