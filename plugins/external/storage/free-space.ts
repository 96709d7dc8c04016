import { statfs } from 'node:fs/promises'
import type { StorageBackend } from './object-storage.ts'

/** The space on a disk that uploads must leave free for the database and the rest of the server. */
export interface SpaceFloor {
  /** Folder on the disk. */
  folder: string
  minFreeBytes: number
  /** Returns the space that others will need on the disk, beside `minFreeBytes`. */
  plannedBytes?: () => number
  readFreeBytes?: (folder: string) => Promise<number>
}

/** A put checks the space at its beginning and again after so many bytes, since others write at the same time. */
const checkedEveryBytes = 8 * 1024 * 1024

/** Returns a check for bytes to be written. It throws like on a full disk (ENOSPC) before the disk is full. */
export function createSpaceCheck({
  folder,
  minFreeBytes,
  plannedBytes = () => 0,
  readFreeBytes = freeBytesOf
}: SpaceFloor): (neededBytes?: number) => Promise<void> {
  return async (neededBytes = 0) => {
    const freeBytes = await readFreeBytes(folder)
    const planned = plannedBytes() + Math.ceil(neededBytes)
    if (freeBytes >= minFreeBytes + planned) return
    const floor = planned > 0 ? `MIN_FREE_BYTES and ${planned} planned bytes` : 'MIN_FREE_BYTES'
    const message = `ENOSPC: ${freeBytes} bytes are free on the disk of ${folder}, less than ${floor}`
    throw Object.assign(new Error(message), { code: 'ENOSPC' })
  }
}

/** Wraps a storage whose `put` fails like on a full disk (ENOSPC) before the disk is full. */
export function withFreeSpace(storage: StorageBackend, floor: SpaceFloor): StorageBackend {
  const assertSpace = createSpaceCheck(floor)

  async function* checked(source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let bytes = 0
    for await (const chunk of source) {
      bytes += chunk.byteLength
      if (bytes >= checkedEveryBytes) {
        await assertSpace()
        bytes = 0
      }
      yield chunk
    }
  }

  return {
    ...storage,
    async put(key, source) {
      await assertSpace()
      return await storage.put(key, checked(source))
    }
  }
}

async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}
