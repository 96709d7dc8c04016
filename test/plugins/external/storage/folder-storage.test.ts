import { mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer, text } from 'node:stream/consumers'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { openFolderStorage } from '../../../../plugins/external/storage/folder-storage.ts'
import type { ObjectStorage } from '../../../../plugins/external/storage/object-storage.ts'

async function scratch (t: Test): Promise<{ folder: string, storage: ObjectStorage }> {
  const folder = await mkdtemp(join(tmpdir(), 'ambient-storage-'))
  t.teardown(async () => await rm(folder, { recursive: true, force: true }))
  return { folder, storage: await openFolderStorage(join(folder, 'objects')) }
}

async function keysOf (storage: ObjectStorage, prefix = ''): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of storage.list(prefix)) keys.push(key)
  return keys.sort()
}

const bytes = (content: string) => [Buffer.from(content)]

t.test('what is put is there, whole, until it is replaced or deleted', async t => {
  const { storage } = await scratch(t)
  t.equal(await storage.get('a/b'), null)
  t.equal(await storage.stat('a/b'), null)
  t.match(await storage.put('a/b', bytes('first')), { key: 'a/b', sizeBytes: 5 })
  t.match(await storage.put('a/b', bytes('second one')), { sizeBytes: 10 })
  const found = await storage.get('a/b')
  t.match(found?.object, { key: 'a/b', sizeBytes: 10 })
  t.equal(await text(found!.stream), 'second one')
  t.equal(await storage.get('a'), null, 'a folder is no object')
  t.equal(await storage.get('a/b/c'), null, 'nothing is below an object')
  await storage.delete('a/b')
  await storage.delete('a/b')
  t.equal(await storage.get('a/b'), null)
})

t.test('any range of any object', async t => {
  const { storage } = await scratch(t)
  await fc.assert(fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200_000 }), fc.nat(), fc.nat(), async (content, a, b) => {
    const [first = 0, last = 0] = [a % content.length, b % content.length].sort((x, y) => x - y)
    await storage.put('whole', [content])
    const part = await storage.get('whole', { first, last })
    if (part?.object.sizeBytes !== content.length) throw new Error('the size is that of the whole object')
    if (!(await buffer(part.stream)).equals(content.subarray(first, last + 1))) throw new Error('other bytes')
  }), { numRuns: 40 })
})

t.test('lists what is below a prefix', async t => {
  const { storage } = await scratch(t)
  for (const key of ['pictures/x/1', 'pictures/x/2', 'pictures/xy/1', 'songs/1']) await storage.put(key, bytes(key))
  t.same(await keysOf(storage), ['pictures/x/1', 'pictures/x/2', 'pictures/xy/1', 'songs/1'])
  t.same(await keysOf(storage, 'pictures/x/'), ['pictures/x/1', 'pictures/x/2'])
  t.same(await keysOf(storage, 'nothing/'), [])
})

t.test('a source that fails leaves what was there, and nothing else', async t => {
  const { folder, storage } = await scratch(t)
  await storage.put('kept', bytes('as it was'))
  const failing = async function * () {
    yield Buffer.alloc(100_000)
    throw new Error('the sender went away')
  }
  await t.rejects(storage.put('kept', failing()), { message: 'the sender went away' })
  await t.rejects(storage.put('new', failing()), { message: 'the sender went away' })
  t.equal(await text((await storage.get('kept'))!.stream), 'as it was')
  t.same(await keysOf(storage), ['kept'])
  t.same(await readdir(join(folder, 'objects', '.incoming')), [], 'no draft stays')
})

t.test('what is being written is not seen', async t => {
  const { storage } = await scratch(t)
  const { promise: rest, resolve: send } = Promise.withResolvers<void>()
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
  const putting = storage.put('slow', (async function * () {
    yield Buffer.from('half ')
    begin()
    await rest
    yield Buffer.from('and half')
  })())
  await begun
  t.equal(await storage.get('slow'), null)
  t.same(await keysOf(storage), [])
  send()
  await putting
  t.equal(await text((await storage.get('slow'))!.stream), 'half and half')
})

t.test('who reads goes on reading what they began, whatever takes its place', async t => {
  const { storage } = await scratch(t)
  const before = Buffer.alloc(300_000, 'a')
  await storage.put('moving', [before])
  const reading = await storage.get('moving')
  await storage.put('moving', bytes('b'))
  await storage.delete('moving')
  t.ok((await buffer(reading!.stream)).equals(before))
})

t.test('keys do not lead out of the folder', async t => {
  const { folder, storage } = await scratch(t)
  await writeFile(join(folder, 'secret'), 'secret')
  const wild = ['', '.', '..', '../secret', 'a/../../secret', '/etc/passwd', 'a//b', 'a/', '/a', 'a/./b', '.incoming/x', 'a/.hidden', 'a\\..\\b', 'a\0b', 'ä', 'a b', '%2e%2e/secret', 'a\n', 'x'.repeat(513)]
  for (const key of wild) {
    await t.rejects(storage.put(key, bytes('x')), /not a key/, JSON.stringify(key))
    await t.rejects(storage.get(key), /not a key/)
    await t.rejects(storage.stat(key), /not a key/)
    await t.rejects(storage.delete(key), /not a key/)
  }
  await symlink(join(folder, 'secret'), join(folder, 'objects', 'link'))
  t.equal(await storage.get('link'), null, 'a link somebody put there is not followed')
  t.same(await keysOf(storage), [])
})

t.test('putting and deleting beside each other in one folder', async t => {
  const { storage } = await scratch(t)
  await Promise.all(Array.from({ length: 60 }, async (_, n) => {
    await storage.put(`shared/${n}`, bytes(`${n}`))
    if (n % 2 === 0) await storage.delete(`shared/${n}`)
  }))
  t.equal((await keysOf(storage, 'shared/')).length, 30)
})

t.test('drafts of a server that died are removed a day later', async t => {
  const { folder } = await scratch(t)
  const waiting = join(folder, 'objects', '.incoming')
  await mkdir(waiting, { recursive: true })
  for (const name of ['old', 'young']) await writeFile(join(waiting, name), 'half')
  const twoDaysAgo = new Date(Date.now() - 48 * 3_600_000)
  await utimes(join(waiting, 'old'), twoDaysAgo, twoDaysAgo)
  await openFolderStorage(join(folder, 'objects'))
  t.same(await readdir(waiting), ['young'])
})
