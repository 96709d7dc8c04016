import { MongoServerError } from 'mongodb'
import { CodedError } from '../../../contract/errors.ts'
import type { StorageHome } from './object-storage.ts'

/** What MongoDB, and the embedded store, call a full disk: OutOfDiskSpace. */
const outOfDiskSpace = 14031

/** Whether a disk is full, ours or a database's: what fails by it works again once there is room. */
export function isNoRoom(error: unknown): boolean {
  if (error instanceof MongoServerError) return error.code === outOfDiskSpace
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')
}

/** The same home, but who puts something where there is no room is answered UNAVAILABLE, and `onFull` is told why. */
export function withRoomTold(home: StorageHome, onFull: (error: unknown) => void): StorageHome {
  return {
    ...home,
    async put(key, source) {
      try {
        return await home.put(key, source)
      } catch (error) {
        if (!isNoRoom(error)) throw error
        onFull(error)
        throw new CodedError('UNAVAILABLE', 'There is no room for this now; try again later.')
      }
    }
  }
}
