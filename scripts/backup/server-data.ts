import type { Db } from 'mongodb'
import pino from 'pino'
import { loadDataConfig, type Config } from '../../config/config.ts'
import type { Environment } from '../../config/mistakes.ts'
import { parseStorageUrl } from '../../config/storage-url.ts'
import { openStorage } from '../../plugins/external/storage.ts'
import { bucketName } from '../../plugins/external/storage/gridfs-files.ts'
import type { StorageBackend } from '../../plugins/external/storage/object-storage.ts'
import { readCollectionNames } from '../database/inventory.ts'
import { openDatabase, parseLocation, type DatabaseLocation, type OpenDatabase } from '../database/location.ts'
import { BackupError } from './backup-error.ts'
import { operatorPrefix } from './manifest.ts'

/** The database and the storage of a server. */
export interface ServerData {
  /** Location of the database, without passwords. */
  label: string
  db: Db
  /** Returns the collections of documents. Collections that store objects are left out: they are copied as objects. */
  collections(): Promise<string[]>
  /** Returns whether a collection of this name holds documents and not objects. */
  isDocumentCollection(name: string): boolean
  /** Opens the storage at the first call. Rejects with a BackupError when that fails. */
  storage(): Promise<StorageBackend>
  close(): Promise<void>
}

/**
 * Loads the settings without generating missing keys. A backup copies signed and encrypted data without the keys for
 * it.
 * @throws ConfigError
 */
export function loadConfigWithoutKeys(env: Environment): Config {
  const placeholder = `none:${'0'.repeat(64)}`
  return loadDataConfig({ ...env, JWT_KEYS: env.JWT_KEYS || placeholder, TOKEN_KEYS: env.TOKEN_KEYS || placeholder })
}

/** Returns the location of the database that the settings name. */
export function databaseLocation({
  MONGODB_URL,
  DATA_DIR
}: Pick<Config, 'MONGODB_URL' | 'DATA_DIR'>): DatabaseLocation {
  return parseLocation(MONGODB_URL ?? `embedded:${DATA_DIR}`)
}

/**
 * Opens the data of a server with these settings. Takes its database when it is open already.
 * @throws CopyError when the database cannot be reached, EmbeddedStoreError when a server uses the folder
 */
export async function openServerData(
  config: Config,
  logOutput: pino.DestinationStream,
  database?: OpenDatabase
): Promise<ServerData> {
  const { db, label, close } = database ?? (await openDatabase(databaseLocation(config)))
  const holdsObjects = parseStorageUrl(config.STORAGE_URL)?.home === 'gridfs'
  const isDocumentCollection = (name: string): boolean => !holdsObjects || !name.startsWith(`${bucketName}.`)
  let storage: Promise<StorageBackend> | undefined

  return {
    label,
    db,
    async collections() {
      return (await readCollectionNames(db)).filter(isDocumentCollection)
    },
    isDocumentCollection,
    async storage() {
      storage ??= openStorage({ config, db, log: pino({ level: 'warn' }, logOutput) }).catch((cause: unknown) => {
        const reason = cause instanceof Error ? cause.message : String(cause)
        throw new BackupError(`Cannot open the storage of STORAGE_URL: ${reason}`, { cause })
      })
      return await storage
    },
    async close() {
      // A storage that failed to open has nothing to close.
      try {
        ;(await storage?.catch(() => null))?.close()
      } finally {
        await close()
      }
    }
  }
}

/** Returns the keys of all objects that belong to the server. */
export async function listObjects(storage: StorageBackend): Promise<{ key: string; sizeBytes: number }[]> {
  const found: { key: string; sizeBytes: number }[] = []
  for await (const { key, sizeBytes } of storage.list('')) {
    if (!key.startsWith(operatorPrefix)) found.push({ key, sizeBytes })
  }
  return found.sort((a, b) => (a.key < b.key ? -1 : 1))
}
