import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Size of a file and the SHA-256 of its bytes in hexadecimal. */
export interface FileSum {
  sizeBytes: number
  sha256: string
}

/** Suffix of files that are still being written. No storage key contains two consecutive dots. */
const draftSuffix = '..part'

/** Writes a file that exists either completely or not at all, and that only this user can read. */
export async function writeAtomically(
  path: string,
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>
): Promise<FileSum> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const draft = path + draftSuffix
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

/** Reads a file and returns its sum, or undefined when there is no such file. */
export async function findFileSum(path: string): Promise<FileSum | undefined> {
  try {
    return await sumBytes(createReadStream(path))
  } catch (error) {
    if (
      error instanceof Error &&
      'code' in error &&
      (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'EISDIR')
    ) {
      return undefined
    }
    throw error
  }
}

export async function sumBytes(source: AsyncIterable<Uint8Array>): Promise<FileSum> {
  const hash = createHash('sha256')
  let sizeBytes = 0
  for await (const chunk of source) {
    hash.update(chunk)
    sizeBytes += chunk.byteLength
  }
  return { sizeBytes, sha256: hash.digest('hex') }
}

export const isSameSum = (a: FileSum | undefined, b: FileSum): boolean =>
  a !== undefined && a.sizeBytes === b.sizeBytes && a.sha256 === b.sha256
