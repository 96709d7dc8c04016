import type { FastifyBaseLogger } from 'fastify'
import fp from 'fastify-plugin'
import type { Db } from 'mongodb'
import type { Config } from '../../config/config.ts'
import { parseStorageUrl, type S3Address } from '../../config/storage-url.ts'
import { openFolderStorage } from './storage/folder-storage.ts'
import { openGridFsStorage } from './storage/gridfs-storage.ts'
import { withRoomTold } from './storage/no-room.ts'
import type { ObjectStorage, StorageHome } from './storage/object-storage.ts'

declare module 'fastify' {
  interface FastifyInstance {
    storage: ObjectStorage
  }
}

/** What a storage is opened with. */
export interface StorageParts {
  config: Pick<Config, 'STORAGE_URL' | 'AWS_ACCESS_KEY_ID' | 'AWS_SECRET_ACCESS_KEY'>
  db: Db
  log: FastifyBaseLogger
}

/** The S3 client is read only where it is used: it is large. */
async function openS3({ config, log }: StorageParts, address: S3Address): Promise<StorageHome> {
  const { openS3Storage } = await import('./storage/s3-storage.ts')
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = config
  return openS3Storage({ address, keys: { accessKeyId, secretAccessKey }, log: log.child({ module: 'storage' }) })
}

/** Opens the home that STORAGE_URL names. Throws where it can't be opened. */
export async function openStorage(app: StorageParts): Promise<StorageHome> {
  return withRoomTold(await openHome(app), error =>
    app.log.error({ err: error, module: 'storage' }, 'no space left where objects are stored')
  )
}

async function openHome(app: StorageParts): Promise<StorageHome> {
  const address = parseStorageUrl(app.config.STORAGE_URL)
  if (!address) throw new Error('STORAGE_URL is none of file:, gridfs: and s3:')
  switch (address.home) {
    case 'folder':
      return await openFolderStorage(address.folder)
    case 'gridfs':
      return await openGridFsStorage(app.db)
    case 's3':
      return await openS3(app, address)
  }
}

/** Where songs and pictures are kept: the home that STORAGE_URL names. What earlier crashes left there goes while the server starts. */
export default fp(
  async app => {
    const home = await openStorage(app)
    app.decorate('storage', home)
    const stopping = new AbortController()
    const tidied = home.tidy(stopping.signal).catch((error: unknown) => {
      if (!stopping.signal.aborted) {
        app.log.warn({ err: error, module: 'storage' }, 'the storage was not tidied; the next start tries again')
      }
    })
    app.addHook('onClose', async () => {
      stopping.abort()
      await tidied
      home.close()
    })
  },
  { name: 'storage', dependencies: ['mongodb'] }
)
