import t from 'tap'
import type { StorageBackend } from '../../../plugins/external/storage/object-storage.ts'
import { withFreeSpace } from '../../../plugins/external/storage/free-space.ts'
import { startApp } from '../../realtime/real-app.ts'

const mebibyte = 1024 * 1024

/** A storage on a disk that has this many bytes free, and that what is put takes from it. */
function storageOn(freeBytes: number) {
  const disk = { freeBytes, stored: [] as string[] }
  const backend = {
    async put(key: string, source: AsyncIterable<Uint8Array>) {
      for await (const { byteLength } of source) disk.freeBytes -= byteLength
      disk.stored.push(key)
    }
  } as unknown as StorageBackend
  const storage = withFreeSpace(backend, {
    folder: '/data',
    minFreeBytes: 100 * mebibyte,
    readFreeBytes: async folder => (folder === '/data' ? disk.freeBytes : 0)
  })
  return { disk, storage }
}

t.test('a put is refused when less space is free than the floor', async t => {
  const { disk, storage } = storageOn(100 * mebibyte)
  await storage.put('fits', [Buffer.alloc(1)])
  await t.rejects(storage.put('too-late', [Buffer.alloc(1)]), { code: 'ENOSPC', message: /MIN_FREE_BYTES/ })
  t.same(disk.stored, ['fits'])
  disk.freeBytes += mebibyte
  await storage.put('again', [Buffer.alloc(1)])
  t.same(disk.stored, ['fits', 'again'])
})

t.test('a large put ends when it reaches the floor', async t => {
  const { disk, storage } = storageOn(120 * mebibyte)
  const source = Array.from({ length: 60 }, () => Buffer.alloc(mebibyte))
  await t.rejects(storage.put('large', source), { code: 'ENOSPC' })
  t.ok(disk.freeBytes >= (100 - 8) * mebibyte, `${disk.freeBytes} bytes are left`)
  t.same(disk.stored, [])
})

t.test('the server answers UNAVAILABLE when its disk has less space than MIN_FREE_BYTES', async t => {
  const { app } = await startApp(t, { MIN_FREE_BYTES: '999999999999999' })
  await t.rejects(app.storage.put('songs/a', [Buffer.from('a')]), { code: 'UNAVAILABLE' })
})
