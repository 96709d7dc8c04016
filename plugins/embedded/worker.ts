import { parentPort, workerData } from 'node:worker_threads'
import { EmbeddedStoreError } from './errors.ts'
import { openDatabase } from './store/database.ts'
import { removeExpired } from './store/expire.ts'
import { Store } from './store/store.ts'
import { listen } from './wire/server.ts'
import type { FromWorker, WorkerInput } from './messages.ts'

/*
 * The thread of the embedded store: SQLite's calls block, and here they block nobody's audio.
 */

/** As often as MongoDB looks for documents that are over. */
const sweepEveryMs = 60_000

function tell(message: FromWorker): void {
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
    tell({ type: 'bug', command: 'the removal of expired documents', message: String(error) })
  }
}

async function serve({ dataDir, socketPath }: WorkerInput): Promise<void> {
  const store = new Store(openDatabase(dataDir))
  const server = await listen(store, socketPath, (error, command) => {
    tell({ type: 'bug', command, message: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  })
  const sweeping = setInterval(sweep, sweepEveryMs, store)
  parentPort?.once('message', async () => {
    clearInterval(sweeping)
    await server.close()
    store.close()
    parentPort?.close()
  })
  tell({ type: 'ready' })
}

serve(workerData).catch((error: unknown) => {
  if (!(error instanceof EmbeddedStoreError)) throw error
  tell({ type: 'refused', message: error.message })
  parentPort?.close()
})
