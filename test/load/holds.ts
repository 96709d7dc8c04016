/*
 * npm run check:holds [-- DOCUMENTS]
 *
 * Checks that no service method holds the thread of the embedded store for long: all others wait for it meanwhile.
 * Fills a store with 100,000 documents of each kind, most of them of the same person or show, calls every method, and
 * prints the ten longest operations. The figures are CPU time of the store's thread, so that other work on the machine
 * does not change them; waiting for the disk is not in them. Exits with 1 if an operation took more than 50 ms, or if a
 * method is not called.
 */
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import Fastify, { type FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import app, { serverOptions } from '../../app.ts'
import { loadConfig } from '../../config/config.ts'
import { CodedError } from '../../contract/errors.ts'
import { calls, type Call } from './holds/calls.ts'
import { services, withoutStore } from './holds/services.ts'
import { seed } from './holds/seed.ts'
import type { Operation } from './holds/timed-store.ts'

const documents = Number(process.argv[2] ?? 100_000)
const maxCpuMs = 50
const shown = 10

/** An operation with the method that caused it. */
interface Caused extends Operation {
  method: string
}

const dataDir = await mkdtemp(join(tmpdir(), 'holds-'))
const socketPath = join(dataDir, 'timed.sock')
const store = new Worker(new URL('holds/timed-store.ts', import.meta.url), { workerData: { dataDir, socketPath } })
await once(store, 'message')

/** Returns the operations since the last call. */
async function takeOperations(): Promise<Operation[]> {
  store.postMessage(null)
  const [operations] = await once(store, 'message')
  return operations
}

async function startApp(): Promise<FastifyInstance> {
  const config = loadConfig({
    PORT: '0',
    MEDIA_PORT: '0',
    MEDIA_WORKERS: '1',
    DATA_DIR: dataDir,
    LOG_LEVEL: 'error',
    MONGODB_URL: `mongodb://${encodeURIComponent(socketPath)}/ambient`
  })
  const server = Fastify(serverOptions(config))
  await server.register(fp(app), { config })
  // It does not listen, so that no maintenance runs meanwhile.
  await server.ready()
  return server
}

/** Carries out a call and reads what it yields. A refusal is an answer as well. */
async function carryOut(server: FastifyInstance, call: Call): Promise<void> {
  try {
    const result: unknown = await call(server)
    if (typeof result === 'object' && result !== null && Symbol.asyncIterator in result) {
      const all = (result as AsyncIterable<unknown>)[Symbol.asyncIterator]()
      while (!(await all.next()).done);
    }
  } catch (error) {
    if (!(error instanceof CodedError)) throw error
  }
}

function findUncalled(server: FastifyInstance): string[] {
  return services.flatMap(service =>
    Object.keys(server[service])
      .map(method => `${service}.${method}`)
      .filter(name => !withoutStore.has(name) && !(name in calls))
  )
}

function print(all: readonly Caused[]): void {
  console.log('CPU ms  elapsed ms  operation                     method')
  for (const { cpuMs, elapsedMs, name, method } of all) {
    console.log(`${cpuMs.toFixed(1).padStart(6)}  ${elapsedMs.toFixed(1).padStart(10)}  ${name.padEnd(28)}  ${method}`)
  }
}

try {
  const server = await startApp()
  const uncalled = findUncalled(server)
  if (uncalled.length > 0) console.log(`not called, add them to test/load/holds/calls.ts: ${uncalled.join(', ')}`)
  console.log(`filling the store with ${documents} documents of each kind`)
  await seed(server.db, documents)
  await takeOperations()

  const all: Caused[] = []
  for (const [method, each] of Object.entries(calls)) {
    for (const [n, call] of each.entries()) {
      await carryOut(server, call)
      const name = each.length > 1 ? `${method} ${n + 1}` : method
      all.push(...(await takeOperations()).map(operation => ({ ...operation, method: name })))
    }
  }
  const longest = all.sort((a, b) => b.cpuMs - a.cpuMs)
  print(longest.slice(0, shown))
  const tooLong = longest.filter(({ cpuMs }) => cpuMs > maxCpuMs).length
  console.log(`${all.length} operations of ${Object.keys(calls).length} methods, ${tooLong} over ${maxCpuMs} ms`)
  if (tooLong > 0 || uncalled.length > 0) process.exitCode = 1
  await server.close()
} finally {
  await store.terminate()
  await rm(dataDir, { recursive: true, force: true })
}
