import { lstat, mkdtemp, readlink, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { MessageChannel, Worker } from 'node:worker_threads'
import { DirectReader } from './direct/direct-reader.ts'
import { EmbeddedStoreError } from './errors.ts'
import type { WorkerInput, WorkerMessage } from './messages.ts'

/**
 * Maximum length of a Unix socket's path, with the zero byte at its end: macOS has the lower limit; Linux allows 108
 * bytes.
 */
const maxSocketPathBytes = 104

/** The name of the link, in the data folder, to the socket of the store that runs on it. */
const socketLinkName = 'store.sock'

export interface EmbeddedStoreOptions {
  /** The folder of the store's file. It is created if it does not exist. */
  dataDir: string
  /** Called when the store's thread dies. Nothing can be stored or found until the store is started again. */
  onCrash?: (error: Error) => void
  /** Called when a command failed because of a bug in the store. The client has received InternalError. */
  onInternalError?: (command: string, message: string) => void
}

export interface EmbeddedStore {
  /** The connection string for the MongoDB driver, with the database `ambient` in its path. */
  url: string
  /**
   * Returns the BSON of the document with this text as its _id, or null, without a connection. The namespace is
   * `database.collection`. It sees every acknowledged write. Throws DirectReadError if the thread does not answer.
   */
  readById: (namespace: string, id: string) => Promise<Uint8Array | null>
  /** Closes all connections and writes everything to the file. It is safe to call it again. */
  close: () => Promise<void>
}

/**
 * Makes a folder that only this user can open: access to the socket is access to all data. `mkdtemp` makes it with mode
 * 0700.
 */
async function makeSocketFolder(): Promise<string> {
  const example = join(tmpdir(), 'ambient-XXXXXX', 'store.sock')
  return mkdtemp(join(Buffer.byteLength(example) < maxSocketPathBytes ? tmpdir() : '/tmp', 'ambient-'))
}

function connectionUrl(socketPath: string): string {
  return `mongodb://${encodeURIComponent(socketPath)}/ambient?directConnection=true&retryWrites=false&retryReads=false`
}

/**
 * Links to the socket from the data folder, for a backup while the store runs. Does nothing on file systems without
 * links.
 */
async function createSocketLink(link: string, socketPath: string): Promise<void> {
  await rm(link, { force: true }).catch(() => {})
  await symlink(socketPath, link).catch(() => {})
}

async function removeSocketLink(link: string, socketPath: string): Promise<void> {
  // Another store may have started and replaced the link.
  if ((await readlink(link).catch(() => null)) === socketPath) await rm(link, { force: true })
}

/**
 * Whether this user made the folder, and no other user can open it. Any user may have made a new folder in place of a
 * removed one.
 */
async function isPrivateFolder(folder: string): Promise<boolean> {
  const stats = await lstat(folder).catch(() => null)
  return stats !== null && stats.isDirectory() && stats.uid === process.getuid?.() && (stats.mode & 0o077) === 0
}

/**
 * Returns the connection string of the store that runs on a data folder of this user, or null if there is no link to
 * one.
 */
export async function runningStoreUrl(dataDir: string): Promise<string | null> {
  const socketPath = await readlink(join(dataDir, socketLinkName)).catch(() => null)
  return socketPath !== null && (await isPrivateFolder(dirname(socketPath))) ? connectionUrl(socketPath) : null
}

/**
 * Waits until the thread listens. Rejects with EmbeddedStoreError if the file cannot be used, or with the thread's own
 * error.
 */
async function waitUntilReady(worker: Worker): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  worker.on('message', (message: WorkerMessage) => {
    if (message.type === 'ready') resolve()
    if (message.type === 'cannot-open') reject(new EmbeddedStoreError(message.message))
  })
  worker.once('error', reject)
  worker.once('exit', () => reject(new Error('the thread of the embedded store ended before it was ready')))
  await promise
}

/**
 * Starts the embedded store: a thread that speaks MongoDB's wire protocol on a Unix socket and keeps all data in one
 * SQLite file. Every acknowledged write is on disk. Throws EmbeddedStoreError, with a message for the person who runs
 * the server, if the file is in use, damaged, or cannot be opened.
 */
export async function startEmbeddedStore({
  dataDir,
  onCrash,
  onInternalError
}: EmbeddedStoreOptions): Promise<EmbeddedStore> {
  const folder = await makeSocketFolder()
  const socketPath = join(folder, 'store.sock')
  const { port1, port2 } = new MessageChannel()
  const reader = new DirectReader(port1)
  const input: WorkerInput = { dataDir, socketPath, reads: port2 }
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: input,
    transferList: [port2],
    // The thread does not need the modules that this process was started with (`--import`).
    execArgv: []
  })
  const ended = new Promise<void>(resolve => {
    worker.once('exit', () => {
      reader.close()
      resolve()
    })
  })
  const removeFolder = () => rm(folder, { recursive: true, force: true })
  try {
    await waitUntilReady(worker)
  } catch (error) {
    await ended
    await removeFolder()
    throw error
  }
  const link = join(dataDir, socketLinkName)
  await createSocketLink(link, socketPath)
  worker.on('error', (error: Error) => onCrash?.(error))
  worker.on('message', (message: WorkerMessage) => {
    if (message.type === 'internal-error') onInternalError?.(message.command, message.message)
  })

  let closing: Promise<void> | undefined
  return {
    url: connectionUrl(socketPath),
    readById: async (namespace, id) => await reader.read(namespace, id),
    close: () => {
      closing ??= (async () => {
        await removeSocketLink(link, socketPath)
        worker.postMessage('close')
        await ended
        await removeFolder()
      })()
      return closing
    }
  }
}
