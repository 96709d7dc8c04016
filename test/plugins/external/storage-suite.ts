import { createHash, randomBytes } from 'node:crypto'
import { buffer, text } from 'node:stream/consumers'
import fc from 'fast-check'
import type { Test } from 'tap'
import type { StorageBackend } from '../../../plugins/external/storage/object-storage.ts'
import { isNightly } from '../../depth.ts'
import { bytes, chunksOf, keysOf, partBytes, read } from './storage-contents.ts'
import { testInterruptions } from './storage-interruptions.ts'
import { openPlace, type StoragePlace } from './storage-place.ts'

/** A place for a storage that no other test uses. */
export interface TestPlace {
  place: StoragePlace
  /** Lists stored data that belongs to no object. */
  findLeftovers(): Promise<string[]>
  /** Changes a byte of an object, as a failing disk does. */
  corrupt(key: string): Promise<void>
}

export interface StorageSuite {
  /** Prepares a new place, which is removed with the test. */
  prepare(t: Test): Promise<TestPlace>
  /** Number of objects to list: more than the backend returns at once. */
  listedCount: number
  /** Leaves tests of interruptions to the night. Those of the default storage run each time. */
  interruptionsAtNight?: boolean
}

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** Tests what all storage backends have in common. */
export function storageSuite(t: Test, { prepare, listedCount, interruptionsAtNight = false }: StorageSuite): void {
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

  if (isNightly || !interruptionsAtNight) testInterruptions(t, openNew)
}
