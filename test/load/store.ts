/*
 * npm run bench:store [-- OPERATIONS]
 *
 * What a find by _id, an insert and a findOneAndUpdate cost through the driver, one at a time and 64 at a time: the embedded store
 * against another server of MongoDB's protocol, in turns within one run. MONGODB_TEST_URL names that server; without it CI's
 * stand-in is started, which keeps all in memory. Prints; asserts nothing.
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
const atOnce = [1, 64]

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

/** One thing to do, for the nth time. */
type Operation = (shows: Collection<Show>, n: number) => Promise<unknown>

/** µs per operation, and the longest time in ms for which nothing else could run on this thread. */
interface Cost {
  micros: number
  blockedMs: number
}

let inserted = 0
function show(_id: string): Show {
  return {
    _id,
    creatorId: `user${inserted++ % 50}`,
    title: 'A show about nothing in particular',
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
  const client = await MongoClient.connect(url, { maxPoolSize: Math.max(...atOnce) })
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
  const given = process.env.MONGODB_TEST_URL
  if (given) return await connect('MONGODB_TEST_URL', given, async () => {})
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

async function measure({ shows }: Server, operation: Operation, together: number): Promise<Cost> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  let started = 0
  const startedAt = performance.now()
  await Promise.all(
    Array.from({ length: together }, async () => {
      while (started < operations) await operation(shows, started++)
    })
  )
  const micros = ((performance.now() - startedAt) * 1000) / operations
  delay.disable()
  return { micros, blockedMs: delay.max / 1e6 }
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN
}

const servers = [await connectEmbedded(), await connectOther()]
const rows: Record<string, Record<string, string>> = {}
for (const together of atOnce) {
  for (const [kind, operation] of kinds) {
    const costs = servers.map((): Cost[] => [])
    // The first round warms up.
    for (let round = 0; round <= rounds; round++) {
      for (const [n, server] of servers.entries()) {
        const cost = await measure(server, operation, together)
        if (round > 0) costs[n]?.push(cost)
      }
    }
    const medians = costs.map(each => median(each.map(({ micros }) => micros)))
    rows[`${kind}, ${together} at a time`] = {
      ...Object.fromEntries(
        servers.flatMap(({ name }, n) => [
          [`${name} µs`, (medians[n] ?? NaN).toFixed(0)],
          [`${name} longest block ms`, Math.max(...(costs[n]?.map(({ blockedMs }) => blockedMs) ?? [])).toFixed(1)]
        ])
      ),
      ratio: ((medians[0] ?? NaN) / (medians[1] ?? NaN)).toFixed(2)
    }
  }
}
console.log(
  `µs per operation through the driver, median of ${rounds} rounds of ${operations}; ratio: ${servers.map(({ name }) => name).join(' / ')}`
)
console.table(rows)
for (const server of servers) await server.close()
