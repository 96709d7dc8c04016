import { MongoClient } from 'mongodb'
import type { S3Address } from '../../../config/storage-url.ts'
import { openFolderStorage } from '../../../plugins/external/storage/folder-storage.ts'
import { openGridFsStorage } from '../../../plugins/external/storage/gridfs-storage.ts'
import type { StorageBackend } from '../../../plugins/external/storage/object-storage.ts'
import { openS3Storage } from '../../../plugins/external/storage/s3-storage.ts'

/** Location of a storage, as JSON, so that another process can open it too. */
export type StoragePlace =
  | { home: 'folder'; folder: string }
  | { home: 'gridfs'; url: string; database: string }
  | { home: 's3'; address: S3Address; keys: { accessKeyId: string; secretAccessKey: string } }

interface OpenPlace {
  storage: StorageBackend
  close(): Promise<void>
}

const silentLog = { warn() {} }

/** Opens a storage with a connection of its own. */
export async function openPlace(place: StoragePlace, options: { olderThanMs?: number } = {}): Promise<OpenPlace> {
  switch (place.home) {
    case 'folder': {
      const storage = await openFolderStorage(place.folder, options)
      return { storage, close: async () => storage.close() }
    }
    case 'gridfs': {
      const client = new MongoClient(place.url, { serverSelectionTimeoutMS: 5000 })
      const storage = await openGridFsStorage(client.db(place.database), options)
      return { storage, close: async () => await client.close() }
    }
    case 's3': {
      const storage = openS3Storage({ address: place.address, keys: place.keys, log: silentLog, ...options })
      return { storage, close: async () => storage.close() }
    }
  }
}
