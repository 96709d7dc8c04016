import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { MongoClient, type Db } from 'mongodb'
import { runningStoreUrl, startEmbeddedStore, storeFileName } from '../../plugins/embedded/index.ts'
import { databaseOf } from '../../plugins/external/mongodb.ts'

/** Explains to the operator why a database cannot be copied. */
export class CopyError extends Error {
  override name = 'CopyError'
}

/**
 * The location of a database: the folder of an embedded store, or a MongoDB URL. The label identifies it and has no
 * password.
 */
export type DatabaseLocation =
  { kind: 'embedded'; folder: string; label: string } | { kind: 'mongodb'; url: string; label: string }

/** A database that is open until it is closed. */
export interface OpenDatabase {
  label: string
  db: Db
  close(): Promise<void>
}

const embeddedScheme = 'embedded:'
const connectTimeoutMs = 5000

/**
 * Parses `embedded:FOLDER` or a MongoDB connection string.
 * @throws CopyError
 */
export function parseLocation(text: string): DatabaseLocation {
  if (text.startsWith(embeddedScheme) && text.length > embeddedScheme.length) {
    const folder = resolve(text.slice(embeddedScheme.length))
    return { kind: 'embedded', folder, label: `${embeddedScheme}${folder}` }
  }
  const hosts = /^mongodb(?:\+srv)?:\/\/(?:[^@/]*@)?([^/?]+)/.exec(text)?.[1]
  if (hosts === undefined) {
    const withoutPassword = text.replace(/\/\/[^@/]*@/, '//…@')
    throw new CopyError(`"${withoutPassword}" is not a database. Give embedded:FOLDER or mongodb://HOST/DATABASE.`)
  }
  return { kind: 'mongodb', url: text, label: `mongodb://${decodeURIComponent(hosts)}/${databaseOf(text)}` }
}

/** Throws CopyError when the folder of an embedded store has no store in it. */
export function assertExists(location: DatabaseLocation): void {
  if (location.kind === 'embedded' && !existsSync(join(location.folder, storeFileName))) {
    throw new CopyError(`There is no ${storeFileName} in ${location.folder}.`)
  }
}

async function connect(
  label: string,
  url: string,
  name: string,
  closeServer: () => Promise<void>
): Promise<OpenDatabase> {
  const client = new MongoClient(url, {
    serverSelectionTimeoutMS: connectTimeoutMs,
    connectTimeoutMS: connectTimeoutMs
  })
  const close = async () => {
    await client.close()
    await closeServer()
  }
  try {
    await client.connect()
  } catch (error) {
    await close()
    const reason = error instanceof Error ? error.message : String(error)
    throw new CopyError(`Cannot connect to ${label}: ${reason}`, { cause: error })
  }
  return { label, db: client.db(name), close }
}

/**
 * Opens a database.
 * @throws CopyError when it cannot be reached, EmbeddedStoreError when a server uses the folder
 */
export async function openDatabase(location: DatabaseLocation): Promise<OpenDatabase> {
  if (location.kind === 'mongodb') {
    return await connect(location.label, location.url, databaseOf(location.url), async () => {})
  }
  const store = await startEmbeddedStore({ dataDir: location.folder })
  return await connect(location.label, store.url, databaseOf(store.url), store.close)
}

/** Connects to the embedded store of a running server. Returns undefined when no server uses the location. */
export async function findRunningDatabase(location: DatabaseLocation): Promise<OpenDatabase | undefined> {
  const url = location.kind === 'embedded' ? await runningStoreUrl(location.folder) : null
  if (url === null) return undefined
  try {
    return await connect(location.label, url, databaseOf(url), async () => {})
  } catch {
    // A killed server left the link to its socket.
    return undefined
  }
}
