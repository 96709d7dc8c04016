import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MongoClient, type Db } from 'mongodb'
import type { Test } from 'tap'
import { startEmbeddedStore } from '../start.ts'

/** A running server of MongoDB's wire protocol. */
interface Backend {
  url: string
  close: () => Promise<void>
}

/** An embedded store on a folder of its own, with what it says of errors of ours as failures of the test. */
export async function startScratchStore(t: Test): Promise<Backend> {
  const dataDir = await mkdtemp(join(tmpdir(), 'store-test-'))
  const store = await startEmbeddedStore({
    dataDir,
    onBug: (command, message) => t.fail(`${command} met an error of ours: ${message}`),
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

// Another server is checked where there is one; where there is none, the contract is no shorter for it.
const given = process.env.MONGODB_TEST_URL
if (given) backends.push(['the server of MONGODB_TEST_URL', async () => ({ url: given, close: async () => {} })])

/** CI's stand-in is a MongoDB in most things, not in all: what it is known to do otherwise is asked of the others only. */
async function isStandIn(db: Db): Promise<boolean> {
  const { modules, storageEngines } = await db.command({ buildInfo: 1 })
  return modules === undefined && storageEngines === undefined
}

/**
 * Runs the same tests on every backend there is, each on a database of its own that is dropped afterwards. `exactly` is false on
 * CI's stand-in; `url` is where others reach the same server.
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

/** The code of the error that a promise rejects with; undefined if it resolves. */
export async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
    return undefined
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : String(error)
  }
}
