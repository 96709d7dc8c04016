import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { MongoClient, type Db } from 'mongodb'
import { runningStoreUrl, startEmbeddedStore, storeFileName } from '../../plugins/embedded/index.ts'
import { databaseOf } from '../../plugins/external/mongodb.ts'

/** Why a copy can't be made, in words for the person who asked for it. */
export class CopyError extends Error {
  override name = 'CopyError'
}

/** Where a database is: a folder with an embedded store, or a server and a name. `label` is without passwords, and the same for the same place. */
export type Place =
  { kind: 'embedded'; folder: string; label: string } | { kind: 'mongodb'; url: string; label: string }

/** A database that is open until it is closed. */
export interface OpenPlace {
  label: string
  db: Db
  close(): Promise<void>
}

const embeddedScheme = 'embedded:'
const patienceMs = 5000

/** Reads `embedded:FOLDER` or a MongoDB connection string. Throws CopyError. */
export function parsePlace(text: string): Place {
  if (text.startsWith(embeddedScheme) && text.length > embeddedScheme.length) {
    const folder = resolve(text.slice(embeddedScheme.length))
    return { kind: 'embedded', folder, label: `${embeddedScheme}${folder}` }
  }
  const hosts = /^mongodb(?:\+srv)?:\/\/(?:[^@/]*@)?([^/?]+)/.exec(text)?.[1]
  if (hosts === undefined) {
    throw new CopyError(
      `"${text.replace(/\/\/[^@/]*@/, '//…@')}" is no place: give embedded:FOLDER or mongodb://HOST/DATABASE`
    )
  }
  return { kind: 'mongodb', url: text, label: `mongodb://${decodeURIComponent(hosts)}/${databaseOf(text)}` }
}

/** Throws CopyError where there is no embedded store in the folder. */
export function assertThere(place: Place): void {
  if (place.kind === 'embedded' && !existsSync(join(place.folder, storeFileName))) {
    throw new CopyError(`There is no ${storeFileName} in ${place.folder}.`)
  }
}

async function connect(label: string, url: string, name: string, closeServer: () => Promise<void>): Promise<OpenPlace> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: patienceMs, connectTimeoutMS: patienceMs })
  const close = async () => {
    await client.close()
    await closeServer()
  }
  try {
    await client.connect()
  } catch (error) {
    await close()
    throw new CopyError(`${label} can't be reached: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error
    })
  }
  return { label, db: client.db(name), close }
}

/** Opens a place. Throws CopyError, or EmbeddedStoreError where a server is using the folder. */
export async function openPlace(place: Place): Promise<OpenPlace> {
  if (place.kind === 'mongodb') return await connect(place.label, place.url, databaseOf(place.url), async () => {})
  const store = await startEmbeddedStore({ dataDir: place.folder })
  return await connect(place.label, store.url, databaseOf(store.url), store.close)
}

/** The embedded store of a place as the server that runs on it has it open; null where none can be reached. */
export async function openRunning(place: Place): Promise<OpenPlace | null> {
  const url = place.kind === 'embedded' ? await runningStoreUrl(place.folder) : null
  if (url === null) return null
  try {
    return await connect(place.label, url, databaseOf(url), async () => {})
  } catch {
    // Left behind by one that was killed.
    return null
  }
}
