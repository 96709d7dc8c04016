/*
 * npm run bench:store [-- OPERATIONS]
 *
 * Compares the embedded store with another server that speaks MongoDB's protocol: the cost of a find by _id, an insert
 * and a findOneAndUpdate through the driver, one at a time and 64 at a time. The servers take turns within one run.
 * MONGODB_TEST_URL is the other server; without it, CI's stand-in is started, which keeps all data in memory. Prints a
 * table and asserts nothing.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createInterface } from 'node:readline'
import { MongoClient, type Collection } from 'mongodb'
import { startEmbeddedStore } from '../../plugins/embedded/index.ts'

const operations = Number(process.argv[2] ?? 4000)
const rounds = 3
const documents = 1000
const concurrencies = [1, 64]

interface Show {
  _id: string
  creatorId: string
  title: string
  version: number
  createdAt: Date
}

/** A server to measure. */
interface Server {
  name: string
  shows: Collection<Show>
  close: () => Promise<void>
}

/** Runs one operation; `n` counts the operations. */
type Operation = (shows: Collection<Show>, n: number) => Promise<unknown>

interface Cost {
  /** Time per operation, µs. */
  micros: number
  /** Longest time for which the event loop of this thread was blocked. */
  maxBlockedMs: number
}

let inserted = 0
function show(_id: string): Show {
  return {
    _id,
    creatorId: `user${inserted++ % 50}`,
    title: 'A show with a title of usual length',
    version: 1,
    createdAt: new Date()
  }
}

const kinds: Array<[string, Operation]> = [
  ['find by _id', (shows, n) => shows.findOne({ _id: `show${n % documents}` })],
  ['insert', shows => shows.insertOne(show(`new${inserted}`))],
  [
    'findOneAndUpdate',
    (shows, n) =>
      shows.findOneAndUpdate({ _id: `show${n % documents}` }, { $inc: { version: 1 } }, { returnDocument: 'after' })
  ]
]

async function connect(name: string, url: string, stop: () => Promise<void>): Promise<Server> {
  const client = await MongoClient.connect(url, { maxPoolSize: Math.max(...concurrencies) })
  const db = client.db(`bench_${process.pid}`)
  const shows = db.collection<Show>('shows')
  await shows.createIndex({ creatorId: 1, createdAt: -1, _id: -1 })
  await shows.insertMany(Array.from({ length: documents }, (_, n) => show(`show${n}`)))
  return {
    name,
    shows,
    close: async () => {
      await db.dropDatabase()
      await client.close()
      await stop()
    }
  }
}

async function connectEmbedded(): Promise<Server> {
  const dataDir = await mkdtemp(join(tmpdir(), 'store-bench-'))
  const store = await startEmbeddedStore({ dataDir })
  return await connect('embedded', store.url, async () => {
    await store.close()
    await rm(dataDir, { recursive: true, force: true })
  })
}

async function connectOther(): Promise<Server> {
  const givenUrl = process.env.MONGODB_TEST_URL
  if (givenUrl) return await connect('MONGODB_TEST_URL', givenUrl, async () => {})
  const child = spawn(join(import.meta.dirname, '../standins/mongo-java/start.sh'), {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const [url] = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    once(child, 'exit').then(() => [])
  ])
  if (typeof url !== 'string') throw new Error('the stand-in did not start')
  return await connect('stand-in', url, async () => {
    child.kill()
    await once(child, 'exit')
  })
}

async function measure({ shows }: Server, operation: Operation, concurrency: number): Promise<Cost> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  let started = 0
  const startedAt = performance.now()
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (started < operations) await operation(shows, started++)
    })
  )
  const micros = ((performance.now() - startedAt) * 1000) / operations
  delay.disable()
  return { micros, maxBlockedMs: delay.max / 1e6 }
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN
}

const servers = [await connectEmbedded(), await connectOther()]
const rows: Record<string, Record<string, string>> = {}
for (const concurrency of concurrencies) {
  for (const [kind, operation] of kinds) {
    const costs = servers.map((): Cost[] => [])
    // The first round is a warm-up.
    for (let round = 0; round <= rounds; round++) {
      for (const [n, server] of servers.entries()) {
        const cost = await measure(server, operation, concurrency)
        if (round > 0) costs[n]?.push(cost)
      }
    }
    const medians = costs.map(each => median(each.map(({ micros }) => micros)))
    rows[`${kind}, ${concurrency} at a time`] = {
      ...Object.fromEntries(
        servers.flatMap(({ name }, n) => [
          [`${name} µs`, (medians[n] ?? NaN).toFixed(0)],
          [`${name} max blocked ms`, Math.max(...(costs[n]?.map(({ maxBlockedMs }) => maxBlockedMs) ?? [])).toFixed(1)]
        ])
      ),
      ratio: ((medians[0] ?? NaN) / (medians[1] ?? NaN)).toFixed(2)
    }
  }
}
console.log(
  `µs per operation through the driver, median of ${rounds} rounds of ${operations}; ` +
    `ratio: ${servers.map(({ name }) => name).join(' / ')}`
)
console.table(rows)
for (const server of servers) await server.close()
