import { isSongFile } from '../../../contract/song-files.ts'

/** Files and errors found in a drop. */
export interface DroppedFiles {
  /** Files that were dropped themselves, whatever they are, and the songs in dropped folders. */
  readonly files: readonly File[]
  /** Names of files and folders that cannot be read. */
  readonly unreadable: readonly string[]
  /** Names of dropped folders without songs. */
  readonly withoutSongs: readonly string[]
}

interface DroppedItem {
  readonly entry: FileSystemEntry | null
  readonly file: File | null
}

/** Returns the files of dropped items. A file or folder that cannot be read does not keep others from being found. */
export async function findDroppedFiles(items: readonly DroppedItem[]): Promise<DroppedFiles> {
  const found = { files: [] as File[], unreadable: [] as string[], withoutSongs: [] as string[] }
  for (const { entry, file } of items) {
    if (!entry || !isFolder(entry)) {
      if (file) found.files.push(file)
      continue
    }
    const before = found.files.length + found.unreadable.length
    await findBelow(entry, found)
    if (found.files.length + found.unreadable.length === before) found.withoutSongs.push(entry.name)
  }
  return found
}

async function findBelow(
  folder: FileSystemDirectoryEntry,
  found: { files: File[]; unreadable: string[] }
): Promise<void> {
  const reader = folder.createReader()
  // The reader returns entries in batches, and an empty batch at the end.
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject)).catch(
      () => null
    )
    if (batch === null) found.unreadable.push(folder.name)
    if (batch === null || batch.length === 0) return
    for (const entry of batch) {
      if (isFolder(entry)) await findBelow(entry, found)
      else if (isFile(entry)) await findFile(entry, found)
    }
  }
}

async function findFile(
  entry: FileSystemFileEntry,
  { files, unreadable }: { files: File[]; unreadable: string[] }
): Promise<void> {
  try {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject))
    // Other files beside the songs, such as pictures, are skipped.
    if (isSongFile(file)) files.push(file)
  } catch {
    if (isSongFile(entry)) unreadable.push(entry.name)
  }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory
