import { open, type FileHandle } from 'node:fs/promises'
import { markLine } from './ogg-end.ts'
import type { ClockMark } from './document.ts'

/** Maximum bytes that wait for a slow disk: more than a minute of speech. */
const maxWaitingBytes = 512 * 1024

/** The paths of a stint in the spool. */
export interface SpoolPaths {
  audio: string
  marks: string
}

export interface SpoolFileParts {
  paths: SpoolPaths
  /** Called before bytes are written. When it rejects, nothing more is written. */
  assertSpace(): Promise<void>
  /** Called once when nothing more is written, because of an error or a disk that is stuck. */
  onFailed(error: unknown): void
  openFile?: (path: string) => Promise<Pick<FileHandle, 'appendFile' | 'datasync' | 'close'>>
}

export type SpoolFile = Awaited<ReturnType<typeof openSpoolFile>>

/**
 * Opens the file of a stint. Pages and marks are written in order, one write at a time, as soon as they come: after a
 * crash of this process, only a write in progress is missing.
 */
export async function openSpoolFile(parts: SpoolFileParts) {
  const { paths, assertSpace, onFailed, openFile = async path => await open(path, 'a', 0o600) } = parts
  const audioFile = await openFile(paths.audio)
  const marksFile = await openFile(paths.marks).catch(async (error: unknown) => {
    await audioFile.close()
    throw error
  })
  let pages: Uint8Array[] = []
  let lines = ''
  let waitingBytes = 0
  let isClosed = false
  let hasFailed = false
  let writing: Promise<void> | undefined

  const isWaiting = () => !hasFailed && (pages.length > 0 || lines !== '')

  function fail(error: unknown): void {
    if (hasFailed) return
    hasFailed = true
    pages = []
    lines = ''
    onFailed(error)
  }

  async function writeWaiting(): Promise<void> {
    while (isWaiting()) {
      const [bytes, text] = [Buffer.concat(pages), lines]
      pages = []
      lines = ''
      await assertSpace()
      if (bytes.length > 0) await audioFile.appendFile(bytes)
      if (text !== '') await marksFile.appendFile(text)
      waitingBytes -= bytes.length + text.length
    }
  }

  function wake(): void {
    writing ??= writeWaiting()
      .catch(fail)
      .finally(() => {
        writing = undefined
        if (isWaiting()) wake()
      })
  }

  /** Counts bytes that wait, the one in progress included. Returns false for a disk that does not keep up. */
  function accepts(bytes: number): boolean {
    if (isClosed || hasFailed) return false
    if (waitingBytes + bytes > maxWaitingBytes) {
      fail(new Error(`the disk of the spool does not keep up: ${waitingBytes} bytes wait`))
      return false
    }
    waitingBytes += bytes
    return true
  }

  return {
    /** Appends whole pages. They must not change afterwards. */
    append(bytes: Uint8Array): void {
      if (!accepts(bytes.length)) return
      pages.push(bytes)
      wake()
    },

    mark(mark: ClockMark): void {
      const line = markLine(mark)
      if (!accepts(line.length)) return
      lines += line
      wake()
    },

    /** Writes what waits, syncs and closes. Rejects when the files cannot be synced. Later calls return the same. */
    async close(): Promise<void> {
      if (isClosed) return
      isClosed = true
      // Pages that came between two writes begin another one.
      for (let last = writing; last; last = writing) await last
      try {
        await Promise.all([audioFile.datasync(), marksFile.datasync()])
      } finally {
        await Promise.all([audioFile.close(), marksFile.close()])
      }
    }
  }
}
