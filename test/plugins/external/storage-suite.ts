import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { buffer, text } from 'node:stream/consumers'
import fc from 'fast-check'
import type { Test } from 'tap'
import type { StorageHome } from '../../../plugins/external/storage/object-storage.ts'
import { openPlace, type StoragePlace } from './storage-place.ts'

/** A place for a storage that nobody else uses. */
export interface Ground {
  place: StoragePlace
  /** What lies there that belongs to no object. */
  remains(): Promise<string[]>
  /** Changes a byte of an object, as a failing disk does. */
  spoil(key: string): Promise<void>
}

export interface Suite {
  /** A new place; what it holds goes with the test. */
  prepare(t: Test): Promise<Ground>
  /** How many objects to list: more than the home gives at once. */
  listed: number
}

const mebibyte = 1024 * 1024
const partBytes = 8 * mebibyte
const never = new AbortController().signal

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const bytes = (content: string) => [Buffer.from(content)]

async function keysOf(storage: StorageHome, prefix = ''): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of storage.list(prefix)) keys.push(key)
  return keys.sort()
}

async function read(storage: StorageHome, key: string): Promise<Buffer | null> {
  const found = await storage.get(key)
  return found && (await buffer(found.stream))
}

/** Content in pieces of odd sizes, as it comes from a network. */
function* pieces(content: Uint8Array): Generator<Uint8Array> {
  for (let at = 0, size = 1; at < content.length; at += size, size = 1 + ((size * 7919) % 70_000)) {
    yield content.subarray(at, at + size)
  }
}

/** What every home of the storage does alike. */
export function storageSuite(t: Test, { prepare, listed }: Suite): void {
  async function scratch(t: Test): Promise<Ground & { storage: StorageHome }> {
    const ground = await prepare(t)
    const { storage, close } = await openPlace(ground.place)
    t.teardown(close)
    return { ...ground, storage }
  }

  t.test('what is put is there, whole, until it is replaced or deleted', async t => {
    const { storage, remains } = await scratch(t)
    await storage.check()
    t.equal(await storage.get('a/b'), null)
    t.equal(await storage.stat('a/b'), null)
    t.match(await storage.put('a/b', bytes('first')), { key: 'a/b', sizeBytes: 5 })
    t.match(await storage.put('a/b', bytes('second one')), { sizeBytes: 10 })
    const found = await storage.get('a/b')
    t.match(found?.object, { key: 'a/b', sizeBytes: 10 })
    t.equal(await text(found!.stream), 'second one')
    t.match(await storage.stat('a/b'), { key: 'a/b', sizeBytes: 10, modifiedAt: Date })
    t.equal(await storage.get('a'), null, 'a folder is no object')
    t.equal(await storage.get('a/b/c'), null, 'nothing is below an object')
    await storage.delete('a/b')
    await storage.delete('a/b')
    t.equal(await storage.get('a/b'), null)
    t.same(await keysOf(storage), [])
    t.same(await remains(), [])
  })

  t.test('bytes of any length come back, up to several parts', async t => {
    const { storage, remains } = await scratch(t)
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
      t.match(await storage.put('long', pieces(content)), { sizeBytes: length })
      t.match(await storage.stat('long'), { sizeBytes: length })
      t.equal(hashOf((await read(storage, 'long'))!), hashOf(content), `${length} bytes`)
    }
    await storage.put('long', [randomBytes(2 * partBytes)])
    t.equal((await read(storage, 'long'))?.length, 2 * partBytes, 'in one piece')
    t.same(await remains(), [], 'what was replaced is gone')
  })

  t.test('the SHA-256 of an object is known and compared, whatever its size', async t => {
    const { storage, spoil } = await scratch(t)
    for (const length of [0, 5, 300_000, partBytes, partBytes + 1, 2 * partBytes + 9]) {
      const content = randomBytes(length)
      const sha256 = hashOf(content)
      t.match(await storage.put('summed', pieces(content)), { sha256 }, `${length} bytes`)
      t.match(await storage.stat('summed'), { sha256 })
      const found = await storage.get('summed')
      t.equal(found?.object.sha256, sha256)
      t.equal(hashOf(await buffer(found!.stream)), sha256)
      if (length === 0) continue
      const part = await storage.get('summed', { first: 1, last: length - 1 })
      t.equal(part?.object.sha256, sha256, 'of the whole, also where a part is asked for')
      t.equal((await buffer(part!.stream)).length, length - 1)
      await spoil('summed')
      await t.rejects(read(storage, 'summed'), /the bytes of summed are not those that were stored/)
    }
    await storage.put('summed', bytes('good again'))
    t.equal(String(await read(storage, 'summed')), 'good again')
  })

  t.test('any range of any object', async t => {
    const { storage } = await scratch(t)
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
    await storage.put('long', pieces(long))
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

  t.test('lists what is below a prefix', async t => {
    const { storage } = await scratch(t)
    for (const key of ['pictures/x/1', 'pictures/x/2', 'pictures/xy/1', 'pictures/x-', 'songs/1']) {
      await storage.put(key, bytes(key))
    }
    t.same(await keysOf(storage), ['pictures/x-', 'pictures/x/1', 'pictures/x/2', 'pictures/xy/1', 'songs/1'])
    t.same(await keysOf(storage, 'pictures/x/'), ['pictures/x/1', 'pictures/x/2'])
    t.same(await keysOf(storage, 'nothing/'), [])
    await t.rejects(keysOf(storage, 'pictures'), /not a key/)
  })

  t.test('lists more than one page, each object once, and while they are deleted', async t => {
    const { storage } = await scratch(t)
    const keys = Array.from({ length: listed }, (_, n) => `many/${String(n).padStart(5, '0')}`)
    const waiting = [...keys]
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        for (let key = waiting.pop(); key; key = waiting.pop()) await storage.put(key, bytes(key))
      })
    )
    t.same(await keysOf(storage, 'many/'), keys)
    let seen = 0
    for await (const { key } of storage.list('many/')) {
      if (seen++ % 10 === 0) await storage.delete(key)
    }
    t.equal(seen, listed)
    t.equal((await keysOf(storage)).length, listed - Math.ceil(listed / 10))
  })

  t.test('of puts of one key at the same time one is there, whole, and the last one afterwards', async t => {
    const { storage, remains } = await scratch(t)
    for (let round = 0; round < 5; round++) {
      const contents = Array.from({ length: 6 }, () => randomBytes(300_000 + round))
      await Promise.all(contents.map(async content => await storage.put('wanted', pieces(content))))
      const found = await read(storage, 'wanted')
      t.ok(
        contents.some(content => found?.equals(content)),
        'one of them'
      )
      t.same(await keysOf(storage), ['wanted'])
    }
    await storage.put('wanted', bytes('last'))
    t.equal(String(await read(storage, 'wanted')), 'last')
    await storage.delete('wanted')
    t.equal(await storage.get('wanted'), null, 'no older one comes to light')
    t.same(await remains(), [])
  })

  t.test('a source that fails leaves what was there, and nothing else', async t => {
    const { storage, remains } = await scratch(t)
    await storage.put('kept', bytes('as it was'))
    for (const mebibytes of [0, 1, 9, 30]) {
      const failing = async function* () {
        for (let n = 0; n < mebibytes; n++) yield randomBytes(mebibyte)
        throw Object.assign(new Error('the sender went away'), { code: 'ECONNRESET' })
      }
      for (const key of ['kept', 'new']) {
        await t.rejects(storage.put(key, failing()), { message: 'the sender went away' }, `after ${mebibytes} MiB`)
      }
    }
    t.equal(String(await read(storage, 'kept')), 'as it was')
    t.same(await keysOf(storage), ['kept'])
    t.same(await remains(), [])
  })

  t.test('what is being written is not seen', async t => {
    const { storage } = await scratch(t)
    const { promise: rest, resolve: send } = Promise.withResolvers<void>()
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
    const putting = storage.put(
      'slow',
      (async function* () {
        yield randomBytes(2 * partBytes)
        yield randomBytes(2 * partBytes)
        begin()
        await rest
        yield Buffer.from('the end')
      })()
    )
    await begun
    t.equal(await storage.get('slow'), null)
    t.equal(await storage.stat('slow'), null)
    t.same(await keysOf(storage), [])
    send()
    await putting
    t.match(await storage.stat('slow'), { sizeBytes: 4 * partBytes + 7 })
  })

  t.test('who reads while it is replaced and deleted gets the old bytes or an error, never others', async t => {
    const { storage } = await scratch(t)
    for (const change of [
      async () => await storage.put('moving', bytes('b')),
      async () => await storage.delete('moving')
    ]) {
      const before = randomBytes(2 * mebibyte)
      await storage.put('moving', [before])
      const reading = await storage.get('moving')
      await change()
      const result = await buffer(reading!.stream).catch(() => null)
      t.ok(result === null || result.equals(before))
    }
  })

  t.test('an object that is there all the time is always found, however often it is replaced', async t => {
    const { storage } = await scratch(t)
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

  t.test('who stops reading half-way lets go', async t => {
    const { storage } = await scratch(t)
    await storage.put('long', [randomBytes(2 * partBytes)])
    for (let n = 0; n < 60; n++) {
      const { stream } = (await storage.get('long'))!
      await once(stream, 'readable')
      stream.destroy()
      await once(stream, 'close')
    }
    t.equal((await read(storage, 'long'))?.length, 2 * partBytes)
  })

  t.test('keys do not lead out', async t => {
    const { storage } = await scratch(t)
    const wild = [
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
    for (const key of wild) {
      await t.rejects(storage.put(key, bytes('x')), /not a key/, JSON.stringify(key))
      await t.rejects(storage.get(key), /not a key/)
      await t.rejects(storage.stat(key), /not a key/)
      await t.rejects(storage.delete(key), /not a key/)
    }
    t.same(await keysOf(storage), [])
  })

  t.test('a server killed while it puts leaves what was there, and the next one cleans up', async t => {
    const { storage, place, remains } = await scratch(t)
    await storage.put('kept', bytes('as it was'))
    const dying = spawn(process.execPath, [join(import.meta.dirname, 'uploading-process.ts'), JSON.stringify(place)], {
      stdio: ['ignore', 'pipe', 'inherit']
    })
    const ended = once(dying, 'exit')
    for await (const line of createInterface({ input: dying.stdout })) if (line === 'begun') break
    dying.kill('SIGKILL')
    t.same(await ended, [null, 'SIGKILL'])
    t.equal(String(await read(storage, 'kept')), 'as it was')
    t.equal(await storage.get('new'), null)
    t.same(await keysOf(storage), ['kept'])
    t.ok((await remains()).length > 0, 'it did leave something')

    await storage.tidy(never)
    t.equal(
      (await remains()).length > 0,
      place.home !== 'folder',
      "which might be of a server that lives, and stays a day; of this machine's one can tell"
    )
    const next = await openPlace(place, { olderThanMs: -60_000 })
    t.teardown(next.close)
    await next.storage.tidy(never)
    t.same(await remains(), [])
    t.equal(String(await read(next.storage, 'kept')), 'as it was')
    await next.storage.put('new', bytes('at last'))
    t.same(await keysOf(next.storage), ['kept', 'new'])
  })
}
