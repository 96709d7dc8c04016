import { lstat, mkdtemp, readlink, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { EmbeddedStoreError } from './errors.ts'
import type { FromWorker, WorkerInput } from './messages.ts'

/** The longest path a Unix socket may have, the zero byte at its end counted, where it is least (macOS; Linux has 108). */
const maxSocketPathBytes = 104

/** In the data folder, a link to the socket of the store that runs on it. */
const socketLinkName = 'store.sock'

export interface EmbeddedStoreOptions {
  /** The folder of the store's file, made if it is not there. */
  dataDir: string
  /** Told when the thread dies by itself: nothing is stored or found any more until the server is started again. */
  onCrash?: (error: Error) => void
  /** Told of a command that failed by an error of ours; the client was answered InternalError. */
  onBug?: (command: string, message: string) => void
}

export interface EmbeddedStore {
  /** The connection string for the MongoDB driver, with the database `ambient` in its path. */
  url: string
  /** Ends connections and writes everything to the file. May be called again. */
  close: () => Promise<void>
}

/** A folder that only this user can reach: who can open the socket can read everything. `mkdtemp` makes it with mode 0700. */
async function makeSocketFolder(): Promise<string> {
  const longest = join(tmpdir(), 'ambient-XXXXXX', 'store.sock')
  return mkdtemp(join(Buffer.byteLength(longest) < maxSocketPathBytes ? tmpdir() : '/tmp', 'ambient-'))
}

function urlOf(socketPath: string): string {
  return `mongodb://${encodeURIComponent(socketPath)}/ambient?directConnection=true&retryWrites=false&retryReads=false`
}

/** Leaves the way to the socket beside the data, for a backup of a store that runs. Where there are no links there is none. */
async function leaveLink(link: string, socketPath: string): Promise<void> {
  await rm(link, { force: true }).catch(() => {})
  await symlink(socketPath, link).catch(() => {})
}

async function removeLink(link: string, socketPath: string): Promise<void> {
  // The next one may have begun already.
  if ((await readlink(link).catch(() => null)) === socketPath) await rm(link, { force: true })
}

/** A folder that this user made for a socket. One that is gone may have been made again by anybody. */
async function isOurs(folder: string): Promise<boolean> {
  const stats = await lstat(folder).catch(() => null)
  return stats !== null && stats.isDirectory() && stats.uid === process.getuid?.() && (stats.mode & 0o077) === 0
}

/** The connection string of the store that runs on a data folder of this user's; null where none has left a link. */
export async function runningStoreUrl(dataDir: string): Promise<string | null> {
  const socketPath = await readlink(join(dataDir, socketLinkName)).catch(() => null)
  return socketPath !== null && (await isOurs(dirname(socketPath))) ? urlOf(socketPath) : null
}

/** Resolves when the thread listens. Rejects with EmbeddedStoreError where the file can't be used, or with what killed the thread. */
async function untilReady(worker: Worker): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  worker.on('message', (message: FromWorker) => {
    if (message.type === 'ready') resolve()
    if (message.type === 'refused') reject(new EmbeddedStoreError(message.message))
  })
  worker.once('error', reject)
  worker.once('exit', () => reject(new Error('the thread of the embedded store ended before it was ready')))
  await promise
}

/**
 * Starts the embedded store: a thread that speaks MongoDB's wire protocol on a Unix socket and keeps everything in one SQLite file.
 * What it has acknowledged is on disk. Throws EmbeddedStoreError, in words for who runs the server, when the file is in use,
 * damaged, or out of reach.
 */
export async function startEmbeddedStore({ dataDir, onCrash, onBug }: EmbeddedStoreOptions): Promise<EmbeddedStore> {
  const folder = await makeSocketFolder()
  const socketPath = join(folder, 'store.sock')
  const input: WorkerInput = { dataDir, socketPath }
  // The thread needs none of what this process was told to load first.
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: input, execArgv: [] })
  const ended = new Promise<void>(resolve => {
    worker.once('exit', () => resolve())
  })
  const removeFolder = () => rm(folder, { recursive: true, force: true })
  try {
    await untilReady(worker)
  } catch (error) {
    await ended
    await removeFolder()
    throw error
  }
  const link = join(dataDir, socketLinkName)
  await leaveLink(link, socketPath)
  worker.on('error', (error: Error) => onCrash?.(error))
  worker.on('message', (message: FromWorker) => {
    if (message.type === 'bug') onBug?.(message.command, message.message)
  })

  let closing: Promise<void> | undefined
  return {
    url: urlOf(socketPath),
    close: () => {
      closing ??= (async () => {
        await removeLink(link, socketPath)
        worker.postMessage('close')
        await ended
        await removeFolder()
      })()
      return closing
    }
  }
}
