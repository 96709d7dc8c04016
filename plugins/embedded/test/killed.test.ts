import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { buffer } from 'node:stream/consumers'
import { GridFSBucket, MongoClient, type Db } from 'mongodb'
import t, { type Test } from 'tap'
import { openDatabase } from '../store/database.ts'
import { startEmbeddedStore } from '../start.ts'

const batchSize = 20

/** The acknowledged writes by kind, in order. */
class AcknowledgedWrites {
  readonly #byKind = new Map<string, string[]>()

  add(line: string): void {
    const [kind = '', value = ''] = line.split(' ')
    this.#byKind.set(kind, [...this.all(kind), value])
  }

  all(kind: string): string[] {
    return this.#byKind.get(kind) ?? []
  }
  last(kind: string): number {
    return Number(this.all(kind).at(-1) ?? 0)
  }
}

/** Starts a process that writes, and kills it after a number of acknowledged writes, in the middle of others. */
async function writeUntilKilled(dataDir: string, writes: number, acknowledged: AcknowledgedWrites): Promise<void> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'mixed-writing-process.ts'), dataDir], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const ended = once(child, 'exit')
  let count = 0
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged.add(line)
    if (++count === writes) child.kill('SIGKILL')
  }
  await ended
}

/** Checks that all acknowledged writes are in the database, and no partial ones. */
async function check(t: Test, db: Db, acknowledged: AcknowledgedWrites): Promise<void> {
  const counter = await db.collection<{ _id: string; n: number }>('counters').findOne({ _id: 'count' })
  t.ok((counter?.n ?? 0) >= acknowledged.last('counted'), 'no increment is lost')

  const batches = new Map<string, number>()
  for await (const { batch } of db.collection<{ batch: number }>('batches').find()) {
    batches.set(String(batch), (batches.get(String(batch)) ?? 0) + 1)
  }
  t.same(
    [...batches].filter(([, documents]) => documents !== batchSize),
    [],
    'a batch is stored completely or not at all'
  )
  t.same(
    acknowledged.all('batch').filter(batch => !batches.has(batch)),
    [],
    'no batch is lost'
  )

  const group = await db.collection<{ n: number }>('group').distinct('n')
  t.equal(group.length, 1, 'updateMany changes all documents or none')
  t.ok((group[0] ?? 0) >= acknowledged.last('group'), 'no updateMany is lost')

  const session = await db.collection<{ token: string; n: number; used: string[] }>('tokens').findOne()
  t.ok((session?.n ?? 0) >= acknowledged.last('token'), 'no update is lost')
  t.equal(session?.token, `token${session?.n}`, 'fields of one update are written together')
  const byIndex = await db
    .collection('tokens')
    .findOne({ token: session?.token, used: { $in: session?.used.slice(-1) } })
  t.same(byIndex, session, 'indexes find the document')

  t.same(
    await db
      .collection<{ _id: string }>('deleted')
      .find({ _id: { $in: acknowledged.all('deleted') } })
      .toArray(),
    [],
    'deleted documents stay deleted'
  )

  const bucket = new GridFSBucket(db)
  const files = await bucket.find().toArray()
  const names = new Set(files.map(({ filename }) => filename))
  t.same(
    acknowledged.all('file').filter(name => !names.has(name)),
    [],
    'no file is lost'
  )
  for (const { _id, filename } of files) {
    const content = await buffer(bucket.openDownloadStream(_id))
    if (createHash('sha256').update(content).digest('hex') !== filename) t.fail(`the file ${filename} is damaged`)
  }
}

t.test(
  'a server that is killed repeatedly during all kinds of writes loses no acknowledged write and leaves no partial one',
  async t => {
    const dataDir = await mkdtemp(join(tmpdir(), 'store-test-'))
    t.teardown(() => rm(dataDir, { recursive: true, force: true }))
    const acknowledged = new AcknowledgedWrites()
    for (const writes of [150, 20, 400]) {
      await writeUntilKilled(dataDir, writes, acknowledged)
      const store = await startEmbeddedStore({ dataDir })
      const client = await MongoClient.connect(store.url)
      await check(t, client.db(), acknowledged)
      await client.close()
      await store.close()
      const db = openDatabase(dataDir)
      t.equal(db.prepare('PRAGMA integrity_check').get()?.integrity_check, 'ok')
      db.close()
    }
  }
)
