import type { StintFailure, StintFile, StintFiles, StintStart } from './stint-file.ts'

/** Maximum of bytes that wait for the file to be opened: minutes of a voice. */
const maxWaitingBytes = 2 * 1024 * 1024

export interface OpeningFileParts {
  files: StintFiles
  /** The stint cannot be written, or no longer. */
  onFailed(failure: StintFailure): void
  /** Opening failed for another reason, or takes too long. The stint is lost. */
  onLost(error: unknown): void
  /** The file is open, and what waited is written to it. */
  onOpened?(): void
}

/** Opens the file of a stint, and keeps what is written to it until it is open. */
export function openStintFile(start: StintStart, { files, onFailed, onLost, onOpened }: OpeningFileParts): StintFile {
  let waiting: ((file: StintFile) => void)[] = []
  let waitingBytes = 0
  let opened: StintFile | null = null
  let isLost = false

  const opening = files.open(start, onFailed).then(
    async file => {
      if (isLost) return await file.close()
      for (const write of waiting) write(file)
      waiting = []
      opened = file
      onOpened?.()
    },
    (error: unknown) => lose(error)
  )

  function lose(error: unknown): void {
    waiting = []
    if (isLost) return
    isLost = true
    onLost(error)
  }

  function write(bytes: number, run: (file: StintFile) => void): void {
    if (isLost) return
    if (opened) return run(opened)
    waitingBytes += bytes
    if (waitingBytes > maxWaitingBytes) return lose(new Error('opening the file of a stint takes too long'))
    waiting.push(run)
  }

  return {
    append: pages => write(pages.length, file => file.append(pages)),
    mark: (samples, atMs) => write(0, file => file.mark(samples, atMs)),
    async close() {
      await opening
      await opened?.close()
    }
  }
}
