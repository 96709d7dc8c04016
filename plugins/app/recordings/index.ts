import fp from 'fastify-plugin'
import { createRecordings, type Recordings } from './recordings.ts'

declare module 'fastify' {
  interface FastifyInstance {
    recordings: Recordings
  }
}

const tellEveryMs = 10_000
const removeEveryMs = 60_000

/** Recordings of shows: the voice of each speaker, from the spool of this server to the storage. */
export default fp(
  async app => {
    const { db, storage, shows } = app
    const log = app.log.child({ part: 'recordings' })
    const recordings = await createRecordings({ db, storage, shows, log, nowMs: Date.now })
    app.decorate('recordings', recordings)
    app.showData.register('recordings', recordings.removeOfShow)
    app.maintenance.every('tell of changed recordings', tellEveryMs, recordings.tellLeftChanges)
    app.maintenance.every('remove leftovers of recordings', removeEveryMs, recordings.removeLeftovers)
  },
  { name: 'recordings', dependencies: ['mongodb', 'storage', 'operations', 'privacy', 'shows'] }
)
