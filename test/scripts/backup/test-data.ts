import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Binary, Decimal128, Double, Int32, Long, MongoClient, ObjectId, Timestamp, type Document } from 'mongodb'
import type { Test } from 'tap'
import { backupCommand } from '../../../scripts/backup.ts'
import {
  listObjects,
  loadConfigWithoutKeys,
  openServerData,
  type ServerData
} from '../../../scripts/backup/server-data.ts'
import type { ProgressReport } from '../../../scripts/progress.ts'
import { restoreCommand } from '../../../scripts/restore.ts'
import { runInProcess, type CommandResult } from '../run-command.ts'

export type Settings = Record<string, string>

/** A report that nobody reads. */
export const noReport: ProgressReport = { log() {}, start: () => () => {}, finish() {} }

/** Creates a folder that is removed at the end of the test. */
export async function temporaryFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'backup-test-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return folder
}

export async function runBackup(settings: Settings, ...args: string[]): Promise<CommandResult> {
  return await runInProcess(backupCommand, args, settings)
}

export async function runRestore(settings: Settings, ...args: string[]): Promise<CommandResult> {
  return await runInProcess(restoreCommand, args, settings)
}

/** Opens the data of a server with these settings while `use` runs. */
export async function withServerData<Result>(
  settings: Settings,
  use: (data: ServerData) => Promise<Result>
): Promise<Result> {
  const data = await openServerData(loadConfigWithoutKeys(settings), process.stderr)
  try {
    return await use(data)
  } finally {
    await data.close()
  }
}

/**
 * Returns the settings of another server: on MONGODB_TEST_URL when it is set, else on another embedded store. Objects
 * are in GridFS.
 */
export async function otherServer(t: Test): Promise<Settings> {
  const DATA_DIR = await temporaryFolder(t)
  const testUrl = process.env.MONGODB_TEST_URL
  if (!testUrl) return { DATA_DIR, STORAGE_URL: 'gridfs:' }
  const url = new URL(testUrl)
  url.pathname = `/backup_${randomBytes(6).toString('hex')}`
  t.teardown(async () => {
    const client = await MongoClient.connect(url.href)
    await client.db(url.pathname.slice(1)).dropDatabase()
    await client.close()
  })
  return { DATA_DIR, MONGODB_URL: url.href, STORAGE_URL: 'gridfs:' }
}

const exactTypes = { promoteValues: false, promoteBuffers: false, bsonRegExp: true }

/** Reads all data: documents with their types, indexes, and the bytes of every object. */
export async function readAll(server: ServerData): Promise<Record<string, unknown>> {
  const data: Record<string, unknown> = {}
  for (const name of await server.collections()) {
    const collection = server.db.collection(name)
    data[name] = {
      documents: (await collection.find<Document>({}, exactTypes).toArray())
        .map(document => JSON.stringify(document))
        .sort(),
      indexes: (await collection.indexes())
        .map(({ key, name, unique = false, sparse = false, expireAfterSeconds = null }) =>
          JSON.stringify({ key, name, unique, sparse, expireAfterSeconds })
        )
        .sort()
    }
  }
  const storage = await server.storage()
  for (const { key } of await listObjects(storage)) {
    const found = await storage.get(key)
    data[`object ${key}`] = Buffer.concat(await found!.stream.toArray()).toString('base64')
  }
  return data
}

export interface TestDocument extends Document {
  _id: unknown
}

const song = randomBytes(700_000)

async function fill({ db, storage }: ServerData): Promise<void> {
  const things = db.collection<TestDocument>('things')
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
  await db
    .collection<TestDocument>('large')
    .insertMany(['a', 'b'].map(_id => ({ _id, text: _id.repeat(7 * 1024 * 1024) })))
  await db.createCollection('empty')
  await db.collection<TestDocument>('migrations').insertOne({ _id: '0001-session-device' })
  const objects = await storage()
  await objects.put('songs/one/audio.opus', [song])
  await objects.put('avatars/a/b', [Buffer.from('a picture')])
  await objects.put('avatars/a/empty', [])
  await objects.put('import/artist/song.mp3', [Buffer.from('not ours')])
}

/** Creates the data of a server with every type of value, and returns it together with folders for backups. */
export async function filledServer(
  t: Test
): Promise<{ settings: { DATA_DIR: string }; before: Record<string, unknown>; newFolder: () => string }> {
  const settings = { DATA_DIR: await temporaryFolder(t) }
  const backups = await temporaryFolder(t)
  let count = 0
  const before = await withServerData(settings, async server => {
    await fill(server)
    return await readAll(server)
  })
  return { settings, before, newFolder: () => join(backups, `${count++}`) }
}
