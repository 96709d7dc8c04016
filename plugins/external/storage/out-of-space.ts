import { MongoServerError } from 'mongodb'
import { CodedError } from '../../../contract/errors.ts'
import type { StorageBackend } from './object-storage.ts'

/** Error code of MongoDB and the embedded store for a full disk: OutOfDiskSpace. */
const outOfDiskSpace = 14031

/**
 * Whether an error comes from a full disk, ours or a database's. The same operation works again once there is space.
 */
export function isOutOfSpace(error: unknown): boolean {
  if (error instanceof MongoServerError) return error.code === outOfDiskSpace
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')
}

/** Wraps a storage whose `put` throws UNAVAILABLE on a full disk, and passes the cause to `onOutOfSpace`. */
export function withSpaceErrors(storage: StorageBackend, onOutOfSpace: (error: unknown) => void): StorageBackend {
  return {
    ...storage,
    async put(key, source) {
      try {
        return await storage.put(key, source)
      } catch (error) {
        if (!isOutOfSpace(error)) throw error
        onOutOfSpace(error)
        throw new CodedError('UNAVAILABLE', 'The server has no space for this at the moment. Try again later.')
      }
    }
  }
}
