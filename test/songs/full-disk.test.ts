import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import t from 'tap'
import { encode } from '../../plugins/app/songs/transcode/encoding.ts'
import { formatOfFile } from '../../plugins/app/songs/transcode/formats.ts'
import type { SongDocument } from '../../plugins/app/songs/document.ts'
import { createSongWorker, type SongWorkerParts } from '../../plugins/app/songs/song-worker.ts'
import type { StorageBackend } from '../../plugins/external/storage/object-storage.ts'
import { withSpaceErrors } from '../../plugins/external/storage/out-of-space.ts'
import { toneWav } from './wav-header.ts'

const diskFullError = () => Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })

t.test('a full disk is reported to the client as UNAVAILABLE, and its cause to the operator', async t => {
  const causes: unknown[] = []
  const put = async (key: string) => {
    throw key === 'large' ? diskFullError() : new Error('something else')
  }
  const storage = withSpaceErrors({ put } as unknown as StorageBackend, error => {
    causes.push(error)
  })
  await t.rejects(storage.put('large', []), { code: 'UNAVAILABLE' })
  await t.rejects(storage.put('other', []), { message: 'something else' })
  t.match(causes, [{ code: 'ENOSPC' }])
  t.equal(causes.length, 1)
})

t.test('a full disk during encoding is not a failure of the song', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'ambient-full-'))
  t.teardown(async () => await rm(folder, { recursive: true, force: true }))
  await writeFile(join(folder, 'upload.wav'), toneWav({ frequencyHz: 440, seconds: 2, rate: 48_000, level: 0.5 }))
  const format = await formatOfFile(join(folder, 'upload.wav'))
  const source = {
    folder,
    parts: [{ fileName: 'upload.wav', heldMs: null }],
    format: format!,
    timeLimitMs: 60_000,
    maxDurationMs: 60_000,
    signal: new AbortController().signal
  }
  await t.rejects(
    encode(
      source,
      {
        measured: { integrated: -16, truePeak: -6 },
        correction: { gainDb: 0, ceilingDb: -2, clips: false },
        frameMs: 20,
        target: '/dev/full'
      },
      () => {}
    ),
    { name: 'Error', code: 'ENOSPC' }
  )
})

t.test('the song goes back into the queue, and the attempt does not count', async t => {
  const calls: string[] = []
  let queued: SongDocument | null = { _id: 'song', ownerId: 'owner', attempts: 5 } as SongDocument
  const record = (call: string) => async () => {
    calls.push(call)
  }
  const queue = {
    claim: async () => {
      const song = queued
      queued = null
      return song
    },
    renew: async () => true,
    giveBack: record('giveBack'),
    fail: record('fail'),
    finish: record('finish')
  }
  const worker = createSongWorker({
    queue,
    removal: {},
    transcode: async () => {
      throw diskFullError()
    },
    onStatus() {},
    keepOriginals: false,
    maxParallelJobs: 1,
    leaseMs: 30_000,
    log: pino({ level: 'silent' })
  } as unknown as SongWorkerParts)
  worker.wake()
  await worker.idle()
  t.same(calls, ['giveBack'])
})
