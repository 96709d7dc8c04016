import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { buffer, text } from 'node:stream/consumers'
import fc from 'fast-check'
import type { Test } from 'tap'
import type { StorageBackend } from '../../../plugins/external/storage/object-storage.ts'
import { openPlace, type StoragePlace } from './storage-place.ts'

/** A place for a storage that no other test uses. */
export interface TestPlace {
  place: StoragePlace
  /** Lists what is stored there without belonging to an object. */
  findLeftovers(): Promise<string[]>
  /** Changes a byte of an object, as a failing disk does. */
  corrupt(key: string): Promise<void>
}

export interface StorageSuite {
  /** Prepares a new place, which is removed with the test. */
  prepare(t: Test): Promise<TestPlace>
  /** Number of objects to list: more than the backend returns at once. */
  listedCount: number
}

const mebibyte = 1024 * 1024
const partBytes = 8 * mebibyte
const neverAborted = new AbortController().signal

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const bytes = (content: string) => [Buffer.from(content)]

async function keysOf(storage: StorageBackend, prefix = ''): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of storage.list(prefix)) keys.push(key)
  return keys.sort()
}

async function read(storage: StorageBackend, key: string): Promise<Buffer | null> {
  const found = await storage.get(key)
  return found && (await buffer(found.stream))
}

/** Splits content into chunks of odd sizes, as a network delivers it. */
function* chunksOf(content: Uint8Array): Generator<Uint8Array> {
  for (let at = 0, size = 1; at < content.length; at += size, size = 1 + ((size * 7919) % 70_000)) {
    yield content.subarray(at, at + size)
  }
}

/** Tests what all storage backends have in common. */
export function storageSuite(t: Test, { prepare, listedCount }: StorageSuite): void {
  async function openNew(t: Test): Promise<TestPlace & { storage: StorageBackend }> {
    const testPlace = await prepare(t)
    const { storage, close } = await openPlace(testPlace.place)
    t.teardown(close)
    return { ...testPlace, storage }
  }

  t.test('an object is stored until it is replaced or deleted', async t => {
    const { storage, findLeftovers } = await openNew(t)
    await storage.check()
    t.equal(await storage.get('a/b'), null)
    t.equal(await storage.stat('a/b'), null)
    t.match(await storage.put('a/b', bytes('first')), { key: 'a/b', sizeBytes: 5 })
    t.match(await storage.put('a/b', bytes('second one')), { sizeBytes: 10 })
    const found = await storage.get('a/b')
    t.match(found?.object, { key: 'a/b', sizeBytes: 10 })
    t.equal(await text(found!.stream), 'second one')
    t.match(await storage.stat('a/b'), { key: 'a/b', sizeBytes: 10, modifiedAt: Date })
    t.equal(await storage.get('a'), null, 'a folder is not an object')
    t.equal(await storage.get('a/b/c'), null, 'nothing is below an object')
    await storage.delete('a/b')
    await storage.delete('a/b')
    t.equal(await storage.get('a/b'), null)
    t.same(await keysOf(storage), [])
    t.same(await findLeftovers(), [])
  })

  t.test('objects of any size are stored, up to several parts', async t => {
    const { storage, findLeftovers } = await openNew(t)
    for (const length of [
      0,
      1,
      255 * 1024,
      255 * 1024 + 1,
      partBytes - 1,
      partBytes,
      partBytes + 1,
      3 * partBytes + 5
    ]) {
      const content = randomBytes(length)
      t.match(await storage.put('long', chunksOf(content)), { sizeBytes: length })
      t.match(await storage.stat('long'), { sizeBytes: length })
      t.equal(hashOf((await read(storage, 'long'))!), hashOf(content), `${length} bytes`)
    }
    await storage.put('long', [randomBytes(2 * partBytes)])
    t.equal((await read(storage, 'long'))?.length, 2 * partBytes, 'in one chunk')
    t.same(await findLeftovers(), [], 'the replaced versions are gone')
  })

  t.test('the SHA-256 of an object is stored and checked, whatever its size', async t => {
    const { storage, corrupt } = await openNew(t)
    for (const length of [0, 5, 300_000, partBytes, partBytes + 1, 2 * partBytes + 9]) {
      const content = randomBytes(length)
      const sha256 = hashOf(content)
      t.match(await storage.put('checked', chunksOf(content)), { sha256 }, `${length} bytes`)
      t.match(await storage.stat('checked'), { sha256 })
      const found = await storage.get('checked')
      t.equal(found?.object.sha256, sha256)
      t.equal(hashOf(await buffer(found!.stream)), sha256)
      if (length === 0) continue
      const part = await storage.get('checked', { first: 1, last: length - 1 })
      t.equal(part?.object.sha256, sha256, 'a range has the checksum of the whole object')
      t.equal((await buffer(part!.stream)).length, length - 1)
      await corrupt('checked')
      await t.rejects(read(storage, 'checked'), /the bytes of checked do not match their checksum/)
    }
    await storage.put('checked', bytes('intact again'))
    t.equal(String(await read(storage, 'checked')), 'intact again')
  })

  t.test('any range of an object can be read', async t => {
    const { storage } = await openNew(t)
    await fc.assert(
      fc.asyncProperty(
        fc.nat(600_000),
        fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 6 }),
        async (more, pairs) => {
          const content = randomBytes(1 + more)
          await storage.put('whole', [content])
          for (const [a, b] of pairs) {
            const [first = 0, last = 0] = [a % content.length, b % content.length].sort((x, y) => x - y)
            const part = await storage.get('whole', { first, last })
            if (part?.object.sizeBytes !== content.length) throw new Error('the size is that of the whole object')
            if (!(await buffer(part.stream)).equals(content.subarray(first, last + 1))) {
              throw new Error(`other bytes from ${first} to ${last}`)
            }
          }
        }
      ),
      { numRuns: 15 }
    )
    t.equal(await storage.get('nothing', { first: 0, last: 1 }), null)
    const long = randomBytes(2 * partBytes + 9)
    await storage.put('long', chunksOf(long))
    for (const [first, last] of [
      [partBytes - 3, partBytes + 3],
      [0, long.length - 1],
      [long.length - 1, long.length - 1],
      [2 * partBytes, long.length - 1]
    ] as const) {
      const part = await storage.get('long', { first, last })
      t.equal(hashOf(await buffer(part!.stream)), hashOf(long.subarray(first, last + 1)), `${first} to ${last}`)
    }
  })

  t.test('the objects with a prefix are listed', async t => {
    const { storage } = await openNew(t)
    for (const key of ['pictures/x/1', 'pictures/x/2', 'pictures/xy/1', 'pictures/x-', 'songs/1']) {
      await storage.put(key, bytes(key))
    }
    t.same(await keysOf(storage), ['pictures/x-', 'pictures/x/1', 'pictures/x/2', 'pictures/xy/1', 'songs/1'])
    t.same(await keysOf(storage, 'pictures/x/'), ['pictures/x/1', 'pictures/x/2'])
    t.same(await keysOf(storage, 'nothing/'), [])
    await t.rejects(keysOf(storage, 'pictures'), /not a valid storage key/)
  })

  t.test('a list over several pages has each object once, also while objects are deleted', async t => {
    const { storage } = await openNew(t)
    const keys = Array.from({ length: listedCount }, (_, n) => `many/${String(n).padStart(5, '0')}`)
    const remaining = [...keys]
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        for (let key = remaining.pop(); key; key = remaining.pop()) await storage.put(key, bytes(key))
      })
    )
    t.same(await keysOf(storage, 'many/'), keys)
    let seen = 0
    for await (const { key } of storage.list('many/')) {
      if (seen++ % 10 === 0) await storage.delete(key)
    }
    t.equal(seen, listedCount)
    t.equal((await keysOf(storage)).length, listedCount - Math.ceil(listedCount / 10))
  })

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

  t.test('a key cannot name a place outside of the storage', async t => {
    const { storage } = await openNew(t)
    const invalidKeys = [
      '',
      '.',
      '..',
      '../secret',
      'a/../../secret',
      '/etc/passwd',
      'a//b',
      'a/',
      '/a',
      'a/./b',
      '.incoming/x',
      'a/.hidden',
      'a\\..\\b',
      'a\0b',
      'ä',
      'a b',
      '%2e%2e/secret',
      'a\n',
      'x'.repeat(513)
    ]
    for (const key of invalidKeys) {
      await t.rejects(storage.put(key, bytes('x')), /not a valid storage key/, JSON.stringify(key))
      await t.rejects(storage.get(key), /not a valid storage key/)
      await t.rejects(storage.stat(key), /not a valid storage key/)
      await t.rejects(storage.delete(key), /not a valid storage key/)
    }
    t.same(await keysOf(storage), [])
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
