/**
 * The thread of the embedded store. SQLite's calls block, so they run outside of the main thread, which carries audio.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { serveReads } from './direct/serve-reads.ts'
import { EmbeddedStoreError } from './errors.ts'
import { openDatabase } from './store/database.ts'
import { removeExpired } from './store/expire.ts'
import { Store } from './store/store.ts'
import { listen } from './wire/server.ts'
import type { WorkerInput, WorkerMessage } from './messages.ts'

/** Interval between two removals of expired documents, the same as MongoDB's. */
const sweepIntervalMs = 60_000

function send(message: WorkerMessage): void {
  parentPort?.postMessage(message)
}

function sweep(store: Store): void {
  try {
    store.cursors.removeIdle()
    store.begin()
    const removed = removeExpired(store, new Date())
    store.commit()
    if (removed > 0) setImmediate(sweep, store)
  } catch (error) {
    store.rollback()
    send({ type: 'internal-error', command: 'removal of expired documents', message: String(error) })
  }
}

async function serve({ dataDir, socketPath, reads }: WorkerInput): Promise<void> {
  const store = new Store(openDatabase(dataDir))
  serveReads(store, reads)
  const server = await listen(store, socketPath, (error, command) => {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
    send({ type: 'internal-error', command, message })
  })
  const sweeping = setInterval(sweep, sweepIntervalMs, store)
  parentPort?.once('message', async () => {
    clearInterval(sweeping)
    await server.close()
    reads.close()
    store.close()
    parentPort?.close()
  })
  send({ type: 'ready' })
}

serve(workerData).catch((error: unknown) => {
  if (!(error instanceof EmbeddedStoreError)) throw error
  send({ type: 'cannot-open', message: error.message })
  parentPort?.close()
})
