import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { Binary, Decimal128, Double, Int32, Long, MongoClient, ObjectId, Timestamp, type Document } from 'mongodb'
import type { Test } from 'tap'
import { openHome, objectKeys, settingsFor, type Home } from '../../../scripts/backup/home.ts'

export type Settings = Record<string, string>

/** A folder that goes with the test. */
export async function scratchFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'keeping-test-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A command that has not ended by then hangs: its code is null. */
const mostMs = 60_000

/** Runs one of the commands as operators do, with these settings. */
export async function run(
  script: 'backup' | 'restore',
  settings: Settings,
  ...args: string[]
): Promise<{ code: unknown; said: string; complained: string }> {
  const path = join(import.meta.dirname, `../../../scripts/${script}.ts`)
  const { MONGODB_URL, STORAGE_URL, ...env } = process.env
  const child = spawn(process.execPath, [path, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...env, ...settings },
    timeout: mostMs,
    killSignal: 'SIGKILL'
  })
  const [said, complained, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { code, said, complained }
}

/** Opens what a server of these settings keeps for as long as it takes. */
export async function at<Result>(settings: Settings, act: (home: Home) => Promise<Result>): Promise<Result> {
  const home = await openHome(settingsFor(settings))
  try {
    return await act(home)
  } finally {
    await home.close()
  }
}

/** A MongoDB of MONGODB_TEST_URL where there is one, else another embedded store; bytes are in the database. */
export async function elsewhere(t: Test): Promise<Settings> {
  const DATA_DIR = await scratchFolder(t)
  const given = process.env.MONGODB_TEST_URL
  if (!given) return { DATA_DIR, STORAGE_URL: 'gridfs:' }
  const url = new URL(given)
  url.pathname = `/keeping_${randomBytes(6).toString('hex')}`
  t.teardown(async () => {
    const client = await MongoClient.connect(url.href)
    await client.db(url.pathname.slice(1)).dropDatabase()
    await client.close()
  })
  return { DATA_DIR, MONGODB_URL: url.href, STORAGE_URL: 'gridfs:' }
}

const exactly = { promoteValues: false, promoteBuffers: false, bsonRegExp: true }

/** All that is kept: documents with their types, indexes, and the bytes of every object. */
export async function everything(home: Home): Promise<Record<string, unknown>> {
  const kept: Record<string, unknown> = {}
  for (const name of await home.collections()) {
    const collection = home.db.collection(name)
    kept[name] = {
      documents: (await collection.find<Document>({}, exactly).toArray())
        .map(document => JSON.stringify(document))
        .sort(),
      indexes: (await collection.indexes())
        .map(({ key, name, unique = false, sparse = false, expireAfterSeconds = null }) =>
          JSON.stringify({ key, name, unique, sparse, expireAfterSeconds })
        )
        .sort()
    }
  }
  const storage = await home.storage()
  for (const { key } of await objectKeys(storage)) {
    const found = await storage.get(key)
    kept[`object ${key}`] = Buffer.concat(await found!.stream.toArray()).toString('base64')
  }
  return kept
}

export interface Thing extends Document {
  _id: unknown
}

const song = randomBytes(700_000)

async function fill({ db, storage }: Home): Promise<void> {
  const things = db.collection<Thing>('things')
  await things.createIndex({ email: 1 }, { unique: true, sparse: true })
  await things.createIndex({ a: 1, 'b.c': -1 })
  await things.insertMany(Array.from({ length: 1500 }, (_, n) => ({ _id: `t${n}`, n, email: `${n}@x` })))
  await things.insertMany([
    {
      _id: new ObjectId(),
      int: new Int32(1),
      double: new Double(1),
      long: Long.fromNumber(1),
      decimal: Decimal128.fromString('1.50'),
      text: 'ünï🎙'
    },
    {
      _id: 7,
      at: new Date(1_234_567_890_123),
      none: null,
      flag: false,
      list: [1, [2, {}]],
      bytes: new Binary(Buffer.from([0, 255])),
      stamp: new Timestamp({ t: 7, i: 9 })
    },
    { _id: { compound: 1, id: 'x' }, v: { $gt: 'data' } }
  ])
  await db.collection<Thing>('large').insertMany(['a', 'b'].map(_id => ({ _id, text: _id.repeat(7 * 1024 * 1024) })))
  await db.createCollection('nothing-in-it')
  await db.collection<Thing>('migrations').insertOne({ _id: '0001-session-device' })
  const objects = await storage()
  await objects.put('songs/one/audio.opus', [song])
  await objects.put('avatars/a/b', [Buffer.from('a picture')])
  await objects.put('avatars/a/empty', [])
  await objects.put('import/artist/song.mp3', [Buffer.from('not ours')])
}

/** A server's data with something of everything in it, what that is, and folders for backups of it. */
export async function filled(
  t: Test
): Promise<{ settings: { DATA_DIR: string }; before: Record<string, unknown>; newFolder: () => string }> {
  const settings = { DATA_DIR: await scratchFolder(t) }
  const backups = await scratchFolder(t)
  let count = 0
  const before = await at(settings, async home => {
    await fill(home)
    return await everything(home)
  })
  return { settings, before, newFolder: () => join(backups, `${count++}`) }
}
