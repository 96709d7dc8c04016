import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** How large a file is, and the SHA-256 of its bytes in hexadecimal. */
export interface FileSum {
  sizeBytes: number
  sha256: string
}

/** What names of files end with that are still being written. No key of the storage has two dots in a row. */
const draftEnding = '..part'

/** Writes a file that is there as a whole or not at all, readable by nobody else. */
export async function writeWhole(
  path: string,
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>
): Promise<FileSum> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const draft = path + draftEnding
  const file = await open(draft, 'w', 0o600)
  const hash = createHash('sha256')
  let sizeBytes = 0
  try {
    for await (const chunk of source) {
      hash.update(chunk)
      sizeBytes += chunk.byteLength
      await file.writeFile(chunk)
    }
    await file.sync()
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  } finally {
    await file.close()
  }
  await rename(draft, path)
  return { sizeBytes, sha256: hash.digest('hex') }
}

/** Reads a file as a whole and sums it up; null when there is none. */
export async function sumOf(path: string): Promise<FileSum | null> {
  try {
    return await sumOfBytes(createReadStream(path))
  } catch (error) {
    if (
      error instanceof Error &&
      'code' in error &&
      (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'EISDIR')
    ) {
      return null
    }
    throw error
  }
}

export async function sumOfBytes(source: AsyncIterable<Uint8Array>): Promise<FileSum> {
  const hash = createHash('sha256')
  let sizeBytes = 0
  for await (const chunk of source) {
    hash.update(chunk)
    sizeBytes += chunk.byteLength
  }
  return { sizeBytes, sha256: hash.digest('hex') }
}

export const isSame = (a: FileSum | null, b: FileSum): boolean =>
  a !== null && a.sizeBytes === b.sizeBytes && a.sha256 === b.sha256
