import type { Db } from 'mongodb'
import pino from 'pino'
import { loadConfig, type Config } from '../../config/config.ts'
import type { Environment } from '../../config/mistakes.ts'
import { parseStorageUrl } from '../../config/storage-url.ts'
import { openStorage } from '../../plugins/external/storage.ts'
import { bucketName } from '../../plugins/external/storage/gridfs-files.ts'
import type { StorageBackend } from '../../plugins/external/storage/object-storage.ts'
import { collectionNames } from '../database/inventory.ts'
import { openPlace, parsePlace, type OpenPlace, type Place } from '../database/place.ts'
import { KeepingError } from './backup-error.ts'
import { operatorsPrefix } from './manifest.ts'

/** What a server keeps, as its settings name it. */
export interface Home {
  /** Where the database is, without passwords. */
  label: string
  db: Db
  /** The collections that are the database's own; objects that are kept in it go as objects. */
  collections(): Promise<string[]>
  /** Whether a collection of this name is the database's own. */
  isOwn(name: string): boolean
  /** Opened when it is first asked for. Rejects with a KeepingError where it can't be. */
  storage(): Promise<StorageBackend>
  close(): Promise<void>
}

/**
 * The settings, without making keys that are not there. Throws ConfigError.
 * What signs and encrypts is not needed to copy what was signed and encrypted.
 */
export function settingsFor(env: Environment): Config {
  const stand = `none:${'0'.repeat(64)}`
  return loadConfig({ ...env, JWT_KEYS: env.JWT_KEYS || stand, TOKEN_KEYS: env.TOKEN_KEYS || stand })
}

/** Where the settings have the database. */
export function placeOf({ MONGODB_URL, DATA_DIR }: Pick<Config, 'MONGODB_URL' | 'DATA_DIR'>): Place {
  return parsePlace(MONGODB_URL ?? `embedded:${DATA_DIR}`)
}

/**
 * Opens what a server of these settings keeps, unless its database is open already. Throws CopyError, or EmbeddedStoreError where a
 * server is using the folder.
 */
export async function openHome(config: Config, open?: OpenPlace): Promise<Home> {
  const { db, label, close } = open ?? (await openPlace(placeOf(config)))
  const holdsObjects = parseStorageUrl(config.STORAGE_URL)?.home === 'gridfs'
  const isOwn = (name: string): boolean => !holdsObjects || !name.startsWith(`${bucketName}.`)
  let storage: Promise<StorageBackend> | undefined

  return {
    label,
    db,
    async collections() {
      return (await collectionNames(db)).filter(isOwn)
    },
    isOwn,
    async storage() {
      storage ??= openStorage({ config, db, log: pino({ level: 'warn' }, pino.destination(2)) }).catch(
        (cause: unknown) => {
          throw new KeepingError(
            `The storage (STORAGE_URL) can't be opened: ${cause instanceof Error ? cause.message : String(cause)}`,
            { cause }
          )
        }
      )
      return await storage
    },
    async close() {
      // A storage that could not be opened has nothing to close; the database has.
      try {
        ;(await storage?.catch(() => null))?.close()
      } finally {
        await close()
      }
    }
  }
}

/** The keys of all objects that are the server's. */
export async function objectKeys(storage: StorageBackend): Promise<{ key: string; sizeBytes: number }[]> {
  const found: { key: string; sizeBytes: number }[] = []
  for await (const { key, sizeBytes } of storage.list('')) {
    if (!key.startsWith(operatorsPrefix)) found.push({ key, sizeBytes })
  }
  return found.sort((a, b) => (a.key < b.key ? -1 : 1))
}
