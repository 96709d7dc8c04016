import Fastify from 'fastify'
import { MongoServerError } from 'mongodb'
import t from 'tap'
import { CodedError } from '../../../../contract/errors.ts'
import type { SongDocument } from '../../../../plugins/app/songs/document.ts'
import { createSongWorker, type SongWorkerParts } from '../../../../plugins/app/songs/song-worker.ts'

/** Runs a worker on one song whose transcoding fails with this error. Returns how often it gave the song back. */
async function countReturns(error: Error): Promise<number> {
  const song = { _id: 'song', ownerId: 'owner', attempts: 1 } as SongDocument
  const songs = [song]
  let returns = 0
  const worker = createSongWorker({
    queue: {
      claim: async () => songs.pop() ?? null,
      giveBack: async () => {
        returns++
      }
    } as Partial<SongWorkerParts['queue']> as SongWorkerParts['queue'],
    removal: {} as SongWorkerParts['removal'],
    transcode: async () => {
      throw error
    },
    onStatus: () => {},
    keepOriginals: false,
    maxParallelJobs: 1,
    leaseMs: 30_000,
    log: Fastify().log
  })
  worker.wake()
  await worker.close()
  return returns
}

t.test('a song goes back into the queue at once when a dependency is unavailable', async t => {
  const overloaded = new MongoServerError({ message: 'no', code: 462, errorLabels: ['SystemOverloadedError'] })
  t.equal(await countReturns(overloaded), 1, 'the database is overloaded')
  t.equal(await countReturns(new CodedError('UNAVAILABLE', 'no')), 1, 'the storage is unavailable')
})
