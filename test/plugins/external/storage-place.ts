import { MongoClient } from 'mongodb'
import type { S3Address } from '../../../config/storage-url.ts'
import { openFolderStorage } from '../../../plugins/external/storage/folder-storage.ts'
import { openGridFsStorage } from '../../../plugins/external/storage/gridfs-storage.ts'
import type { StorageHome } from '../../../plugins/external/storage/object-storage.ts'
import { openS3Storage } from '../../../plugins/external/storage/s3-storage.ts'

/** Where a storage is, in JSON, so that another process can open it too. */
export type StoragePlace =
  | { home: 'folder'; folder: string }
  | { home: 'gridfs'; url: string; database: string }
  | { home: 's3'; address: S3Address; keys: { accessKeyId: string; secretAccessKey: string } }

interface OpenPlace {
  storage: StorageHome
  close(): Promise<void>
}

const quiet = { warn() {} }

/** Opens the storage of a place, with a connection of its own. */
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
      const storage = openS3Storage({ address: place.address, keys: place.keys, log: quiet, ...options })
      return { storage, close: async () => storage.close() }
    }
  }
}
