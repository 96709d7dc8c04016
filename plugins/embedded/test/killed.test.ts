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

const batchOf = 20

/** What was acknowledged, by kind, in order. */
class Acknowledged {
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

/** Lets the server write until it has acknowledged so much, and kills it in the middle of the rest. */
async function writeUntilKilled(dataDir: string, lines: number, acknowledged: Acknowledged): Promise<void> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'mixed-writing-process.ts'), dataDir], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const ended = once(child, 'exit')
  let heard = 0
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged.add(line)
    if (++heard === lines) child.kill('SIGKILL')
  }
  await ended
}

async function check(t: Test, db: Db, acknowledged: Acknowledged): Promise<void> {
  const counter = await db.collection<{ _id: string; n: number }>('counters').findOne({ _id: 'count' })
  t.ok((counter?.n ?? 0) >= acknowledged.last('counted'), 'no increment is lost')

  const batches = await db
    .collection('batches')
    .aggregate<{ _id: number; n: number }>([{ $group: { _id: '$batch', n: { $sum: 1 } } }])
    .toArray()
  t.same(
    batches.filter(({ n }) => n !== batchOf),
    [],
    'a batch is there as a whole or not at all'
  )
  const kept = new Set(batches.map(({ _id }) => String(_id)))
  t.same(
    acknowledged.all('batch').filter(batch => !kept.has(batch)),
    [],
    'no batch is lost'
  )

  const flock = await db.collection<{ n: number }>('flock').distinct('n')
  t.equal(flock.length, 1, 'an update of many is made as a whole or not at all')
  t.ok((flock[0] ?? 0) >= acknowledged.last('flock'), 'no update of many is lost')

  const session = await db.collection<{ token: string; n: number; used: string[] }>('tokens').findOne()
  t.ok((session?.n ?? 0) >= acknowledged.last('token'), 'no update is lost')
  t.equal(session?.token, `token${session?.n}`, 'fields are written together')
  const byIndex = await db
    .collection('tokens')
    .findOne({ token: session?.token, used: { $in: session?.used.slice(-1) } })
  t.same(byIndex, session, 'indexes point where the document is')

  t.same(
    await db
      .collection<{ _id: string }>('passing')
      .find({ _id: { $in: acknowledged.all('gone') } })
      .toArray(),
    [],
    'what was deleted stays deleted'
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
  'a server that is killed again and again, in the middle of every kind of write, loses nothing and leaves no halves',
  async t => {
    const dataDir = await mkdtemp(join(tmpdir(), 'store-test-'))
    t.teardown(() => rm(dataDir, { recursive: true, force: true }))
    const acknowledged = new Acknowledged()
    for (const lines of [150, 20, 400]) {
      await writeUntilKilled(dataDir, lines, acknowledged)
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
