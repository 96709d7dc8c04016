import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MongoClient, type Db, type Document } from 'mongodb'
import type { Test } from 'tap'
import { startEmbeddedStore } from '../index.ts'

/** A document of a test, with fields as the test needs them. */
export interface Thing extends Document {
  _id: string
}

/** A running server that speaks MongoDB's wire protocol. */
interface Backend {
  url: string
  close: () => Promise<void>
}

/** Makes a folder that is removed after the test. */
export async function scratchFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'store-test-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Starts an embedded store on a new folder. Its internal errors are failures of the test. */
export async function startScratchStore(t: Test): Promise<Backend> {
  const dataDir = await mkdtemp(join(tmpdir(), 'store-test-'))
  const store = await startEmbeddedStore({
    dataDir,
    onInternalError: (command, message) => t.fail(`${command} failed with an internal error: ${message}`),
    onCrash: error => t.fail(`the store's thread died: ${error.stack}`)
  })
  return {
    url: store.url,
    close: async () => {
      await store.close()
      await rm(dataDir, { recursive: true, force: true })
    }
  }
}

const backends: Array<[string, (t: Test) => Promise<Backend>]> = [['the embedded store', startScratchStore]]

// The same tests run on another server if there is one.
const givenUrl = process.env.MONGODB_TEST_URL
if (givenUrl) {
  backends.push(['the server of MONGODB_TEST_URL', async () => ({ url: givenUrl, close: async () => {} })])
}

/** Whether a server is the stand-in of CI, which differs from MongoDB in some details that are not tested on it. */
async function isStandIn(db: Db): Promise<boolean> {
  const { modules, storageEngines } = await db.command({ buildInfo: 1 })
  return modules === undefined && storageEngines === undefined
}

/**
 * Runs the same tests on every backend, each with a new database that is dropped afterwards.
 * @param run its `exactly` is false on CI's stand-in; with `url`, more clients can connect to the same server
 */
export function onEachBackend(t: Test, run: (t: Test, db: Db, exactly: boolean, url: string) => Promise<void>): void {
  for (const [name, start] of backends) {
    t.test(name, async t => {
      const backend = await start(t)
      const client = new MongoClient(backend.url, {
        serverSelectionTimeoutMS: 5000,
        retryWrites: false,
        retryReads: false
      })
      const db = client.db(`test_${randomBytes(6).toString('hex')}`)
      t.teardown(async () => {
        await db.dropDatabase()
        await client.close()
        await backend.close()
      })
      await run(t, db, !(await isStandIn(db)), backend.url)
    })
  }
}

/** Returns the code of the error with which a promise rejects, or undefined if it resolves. */
export async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
    return undefined
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : String(error)
  }
}
