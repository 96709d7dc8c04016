import type { FastifyBaseLogger } from 'fastify'
import fp from 'fastify-plugin'
import type { Db } from 'mongodb'
import type { Config } from '../../config/config.ts'
import { parseStorageUrl, type S3Address } from '../../config/storage-url.ts'
import { openFolderStorage } from './storage/folder-storage.ts'
import { withFreeSpace, type SpaceFloor } from './storage/free-space.ts'
import { openGridFsStorage } from './storage/gridfs-storage.ts'
import type { ObjectStorage, StorageBackend } from './storage/object-storage.ts'
import { withSpaceErrors } from './storage/out-of-space.ts'

declare module 'fastify' {
  interface FastifyInstance {
    storage: ObjectStorage
  }
}

export interface StorageParts {
  config: Pick<Config, 'STORAGE_URL' | 'AWS_ACCESS_KEY_ID' | 'AWS_SECRET_ACCESS_KEY'>
  db: Db
  log: FastifyBaseLogger
  /** Refuses to store more when less space is left. Absent: stores until the disk is full. */
  floor?: SpaceFloor | undefined
}

/** Loads the S3 client only where it is used: it is large. */
async function openS3({ config, log }: StorageParts, address: S3Address): Promise<StorageBackend> {
  const { openS3Storage } = await import('./storage/s3-storage.ts')
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = config
  return openS3Storage({ address, keys: { accessKeyId, secretAccessKey }, log: log.child({ module: 'storage' }) })
}

/** Opens the storage that STORAGE_URL names. Throws when it can't be opened. */
export async function openStorage(parts: StorageParts): Promise<StorageBackend> {
  const backend = await openBackend(parts)
  const storage = parts.floor ? withFreeSpace(backend, parts.floor) : backend
  return withSpaceErrors(storage, error =>
    parts.log.error({ err: error, module: 'storage' }, 'no space left where objects are stored')
  )
}

async function openBackend(parts: StorageParts): Promise<StorageBackend> {
  const address = parseStorageUrl(parts.config.STORAGE_URL)
  if (!address) throw new Error('STORAGE_URL must begin with file:, gridfs: or s3:')
  switch (address.home) {
    case 'folder':
      return await openFolderStorage(address.folder)
    case 'gridfs':
      return await openGridFsStorage(parts.db)
    case 's3':
      return await openS3(parts, address)
  }
}

/** Returns the floor of the disk that holds the objects; undefined when they are on another machine. */
function floorOf({ STORAGE_URL, MONGODB_URL, DATA_DIR, MIN_FREE_BYTES: minFreeBytes }: Config): SpaceFloor | undefined {
  const address = parseStorageUrl(STORAGE_URL)
  if (address?.home === 'folder') return { folder: address.folder, minFreeBytes }
  return address?.home === 'gridfs' && MONGODB_URL === undefined ? { folder: DATA_DIR, minFreeBytes } : undefined
}

/** The object storage for songs and pictures. Removes leftovers of earlier crashes while the server starts. */
export default fp(
  async app => {
    const { config, db, log } = app
    const storage = await openStorage({ config, db, log, floor: floorOf(config) })
    app.decorate('storage', storage)
    const closing = new AbortController()
    const cleanup = storage.removeLeftovers(closing.signal).catch((error: unknown) => {
      if (!closing.signal.aborted) {
        log.warn({ err: error, module: 'storage' }, 'storage cleanup failed, retrying at the next start')
      }
    })
    app.addHook('onClose', async () => {
      closing.abort()
      await cleanup
      storage.close()
    })
  },
  { name: 'storage', dependencies: ['mongodb'] }
)
