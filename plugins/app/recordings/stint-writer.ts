import type { StintFailure, StintFile } from '../../../media/recording/stint-file.ts'
import { isOutOfSpace } from '../../external/storage/out-of-space.ts'
import { openSpoolFile, type SpoolPaths } from './spool-file.ts'

/** Space is reserved in slices: about a minute of speech. */
export const sliceBytes = 256 * 1024

export interface StintWriterParts {
  paths: SpoolPaths
  assertSpace(): Promise<void>
  /** Reserves this much space for the stint in all. Returns false when the creator has no more. */
  reserve(bytes: number, before: number): Promise<boolean>
  /** Called with the number of bytes before they are written. */
  onAppending(bytes: number): void
  onFailed(failure: StintFailure): void
  onError(error: unknown): void
  /** Called once when the files are closed. */
  onClosed(): void
}

/** Opens the writer of a stint, for which one slice is reserved already. */
export async function openStintWriter(parts: StintWriterParts): Promise<StintFile> {
  const { paths, assertSpace, reserve, onAppending, onFailed, onError, onClosed } = parts
  let reservedBytes = sliceBytes
  let writtenBytes = 0
  let reserving: Promise<void> | undefined
  let hasEnded = false
  let closing: Promise<void> | undefined

  const file = await openSpoolFile({
    paths,
    assertSpace,
    onFailed(error) {
      if (!isOutOfSpace(error)) onError(error)
      fail('full')
    }
  })

  function fail(failure: StintFailure): void {
    if (hasEnded) return
    hasEnded = true
    onFailed(failure)
    close()
  }

  async function closeFile(): Promise<void> {
    hasEnded = true
    await reserving
    await file.close().catch(onError)
    onClosed()
  }

  async function close(): Promise<void> {
    closing ??= closeFile()
    await closing
  }

  async function reserveNext(): Promise<void> {
    try {
      const wanted = writtenBytes + sliceBytes
      if (await reserve(wanted, reservedBytes)) reservedBytes = wanted
      else fail('quota')
    } catch (error) {
      // The store does not answer. The next page asks again; the space is counted when it is back.
      onError(error)
    }
  }

  return {
    append(pages) {
      if (hasEnded) return
      onAppending(pages.length)
      file.append(pages)
      writtenBytes += pages.length
      if (writtenBytes <= reservedBytes - sliceBytes / 2 || reserving) return
      reserving = reserveNext().finally(() => {
        reserving = undefined
      })
    },

    mark(samples, atMs) {
      if (!hasEnded) file.mark({ samples, atMs })
    },

    close
  }
}
