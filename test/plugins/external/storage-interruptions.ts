import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { buffer } from 'node:stream/consumers'
import type { Test } from 'tap'
import type { StorageBackend } from '../../../plugins/external/storage/object-storage.ts'
import { bytes, chunksOf, keysOf, mebibyte, partBytes, read } from './storage-contents.ts'
import { openPlace } from './storage-place.ts'
import type { TestPlace } from './storage-suite.ts'

const neverAborted = new AbortController().signal

/** Tests concurrent changes of objects, and puts and reads that do not finish. */
export function testInterruptions(
  t: Test,
  openNew: (t: Test) => Promise<TestPlace & { storage: StorageBackend }>
): void {
  t.test('concurrent puts of one key store one of the objects, and a later put wins', async t => {
    const { storage, findLeftovers } = await openNew(t)
    for (let round = 0; round < 5; round++) {
      const contents = Array.from({ length: 6 }, () => randomBytes(300_000 + round))
      await Promise.all(contents.map(async content => await storage.put('contested', chunksOf(content))))
      const found = await read(storage, 'contested')
      t.ok(
        contents.some(content => found?.equals(content)),
        'one of them'
      )
      t.same(await keysOf(storage), ['contested'])
    }
    await storage.put('contested', bytes('last'))
    t.equal(String(await read(storage, 'contested')), 'last')
    await storage.delete('contested')
    t.equal(await storage.get('contested'), null, 'no older version appears')
    t.same(await findLeftovers(), [])
  })

  t.test('a failing source leaves the old object, and nothing else', async t => {
    const { storage, findLeftovers } = await openNew(t)
    await storage.put('kept', bytes('original'))
    for (const mebibytes of [0, 1, 9, 30]) {
      const failing = async function* () {
        for (let n = 0; n < mebibytes; n++) yield randomBytes(mebibyte)
        throw Object.assign(new Error('the sender went away'), { code: 'ECONNRESET' })
      }
      for (const key of ['kept', 'new']) {
        await t.rejects(storage.put(key, failing()), { message: 'the sender went away' }, `after ${mebibytes} MiB`)
      }
    }
    t.equal(String(await read(storage, 'kept')), 'original')
    t.same(await keysOf(storage), ['kept'])
    t.same(await findLeftovers(), [])
  })

  t.test('an incomplete object is not visible', async t => {
    const { storage } = await openNew(t)
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    const { promise: started, resolve: start } = Promise.withResolvers<void>()
    const putting = storage.put(
      'slow',
      (async function* () {
        yield randomBytes(2 * partBytes)
        yield randomBytes(2 * partBytes)
        start()
        await released
        yield Buffer.from('the end')
      })()
    )
    await started
    t.equal(await storage.get('slow'), null)
    t.equal(await storage.stat('slow'), null)
    t.same(await keysOf(storage), [])
    release()
    await putting
    t.match(await storage.stat('slow'), { sizeBytes: 4 * partBytes + 7 })
  })

  t.test('a reader of an object that is replaced or deleted gets the old bytes or an error', async t => {
    const { storage } = await openNew(t)
    for (const change of [
      async () => await storage.put('changing', bytes('b')),
      async () => await storage.delete('changing')
    ]) {
      const before = randomBytes(2 * mebibyte)
      await storage.put('changing', [before])
      const reading = await storage.get('changing')
      await change()
      const result = await buffer(reading!.stream).catch(() => null)
      t.ok(result === null || result.equals(before))
    }
  })

  t.test('an object is found at any time, however often it is replaced', async t => {
    const { storage } = await openNew(t)
    await storage.put('busy', bytes('0'))
    let missing = 0
    const write = async () => {
      for (let n = 1; n <= 30; n++) await storage.put('busy', bytes(String(n)))
    }
    const look = async () => {
      for (let n = 0; n < 60; n++) if (!/^\d+$/.test(String(await read(storage, 'busy')))) missing++
    }
    await Promise.all([write(), look(), look()])
    t.equal(missing, 0)
  })

  t.test('a reader that stops half-way releases its resources', async t => {
    const { storage } = await openNew(t)
    await storage.put('long', [randomBytes(2 * partBytes)])
    for (let n = 0; n < 60; n++) {
      const { stream } = (await storage.get('long'))!
      await once(stream, 'readable')
      stream.destroy()
      await once(stream, 'close')
    }
    t.equal((await read(storage, 'long'))?.length, 2 * partBytes)
  })

  t.test('a server killed during a put leaves the old object, and the next server cleans up', async t => {
    const { storage, place, findLeftovers } = await openNew(t)
    await storage.put('kept', bytes('original'))
    const child = spawn(process.execPath, [join(import.meta.dirname, 'uploading-process.ts'), JSON.stringify(place)], {
      stdio: ['ignore', 'pipe', 'inherit']
    })
    const ended = once(child, 'exit')
    for await (const line of createInterface({ input: child.stdout })) if (line === 'started') break
    child.kill('SIGKILL')
    t.same(await ended, [null, 'SIGKILL'])
    t.equal(String(await read(storage, 'kept')), 'original')
    t.equal(await storage.get('new'), null)
    t.same(await keysOf(storage), ['kept'])
    t.ok((await findLeftovers()).length > 0, 'it left something behind')

    await storage.removeLeftovers(neverAborted)
    t.equal(
      (await findLeftovers()).length > 0,
      place.home !== 'folder',
      'leftovers of another machine stay for a day, because its server may be alive'
    )
    const next = await openPlace(place, { olderThanMs: -60_000 })
    t.teardown(next.close)
    await next.storage.removeLeftovers(neverAborted)
    t.same(await findLeftovers(), [])
    t.equal(String(await read(next.storage, 'kept')), 'original')
    await next.storage.put('new', bytes('now'))
    t.same(await keysOf(next.storage), ['kept', 'new'])
  })
}
