import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import t from 'tap'
import { encode } from '../../plugins/app/songs/transcode/ffmpeg.ts'
import { formatOfFile } from '../../plugins/app/songs/transcode/formats.ts'
import type { SongDocument } from '../../plugins/app/songs/document.ts'
import { createWorkshop, type WorkshopParts } from '../../plugins/app/songs/song-worker.ts'
import { withSpaceErrors } from '../../plugins/external/storage/out-of-space.ts'
import type { StorageBackend } from '../../plugins/external/storage/object-storage.ts'
import { toneWav } from './wav-header.ts'

const noRoom = () => Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })

t.test('what there is no room for is told as what will pass, and its cause to the operator', async t => {
  const causes: unknown[] = []
  const put = async (key: string) => {
    throw key === 'large' ? noRoom() : new Error('something else')
  }
  const home = withSpaceErrors({ put } as unknown as StorageBackend, error => {
    causes.push(error)
  })
  await t.rejects(home.put('large', []), { code: 'UNAVAILABLE' })
  await t.rejects(home.put('other', []), { message: 'something else' })
  t.match(causes, [{ code: 'ENOSPC' }])
  t.equal(causes.length, 1)
})

t.test('a song that a full disk kept from being made is no failed song', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'ambient-full-'))
  t.teardown(async () => await rm(folder, { recursive: true, force: true }))
  await writeFile(join(folder, 'upload.wav'), toneWav({ frequencyHz: 440, seconds: 2, rate: 48_000, level: 0.5 }))
  const format = await formatOfFile(join(folder, 'upload.wav'))
  const source = {
    folder,
    fileName: 'upload.wav',
    format: format!,
    timeLimitMs: 60_000,
    longestMs: 60_000,
    signal: new AbortController().signal
  }
  await t.rejects(
    encode(source, null, { frameMs: 20, target: '/dev/full' }, () => {}),
    { name: 'Error', code: 'ENOSPC' }
  )
})

t.test('it goes back into the queue, and that does not count as a try', async t => {
  const did: string[] = []
  let waiting: SongDocument | null = { _id: 'song', ownerId: 'somebody', attempts: 5 } as SongDocument
  const note = (what: string) => async () => {
    did.push(what)
  }
  const queue = {
    claim: async () => {
      const song = waiting
      waiting = null
      return song
    },
    renew: async () => true,
    giveBack: note('given back'),
    fail: note('failed'),
    finish: note('finished')
  }
  const workshop = createWorkshop({
    queue,
    removal: {},
    make: async () => {
      throw noRoom()
    },
    tell() {},
    keepOriginals: false,
    jobs: 1,
    leaseMs: 30_000,
    log: pino({ level: 'silent' })
  } as unknown as WorkshopParts)
  workshop.wake()
  await workshop.idle()
  t.same(did, ['given back'])
})
