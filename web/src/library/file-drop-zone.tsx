import { useEffect, useState } from 'react'
import { uploads } from './uploads.ts'
import styles from './file-drop-zone.module.css'

/** Uploads files that are dropped or pasted anywhere on the page, for as long as it is rendered. */
export function FileDropZone() {
  const [isDragging, setIsDragging] = useState(false)
  useEffect(() => {
    const hasFiles = (transfer: DataTransfer | null) => transfer?.types.includes('Files') ?? false
    const onDragOver = (event: DragEvent) => {
      if (!hasFiles(event.dataTransfer)) return
      event.preventDefault()
      setIsDragging(true)
    }
    // The related target is null when the pointer leaves the window, not when it moves to another element.
    const onDragLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) setIsDragging(false)
    }
    const onDrop = (event: DragEvent) => {
      if (!hasFiles(event.dataTransfer)) return
      event.preventDefault()
      setIsDragging(false)
      filesOf(event.dataTransfer).then(files => uploads.add(files))
    }
    const onPaste = ({ clipboardData }: ClipboardEvent) => uploads.add([...(clipboardData?.files ?? [])])
    window.addEventListener('dragover', onDragOver)
    window.addEventListener('dragleave', onDragLeave)
    window.addEventListener('drop', onDrop)
    window.addEventListener('paste', onPaste)
    return () => {
      window.removeEventListener('dragover', onDragOver)
      window.removeEventListener('dragleave', onDragLeave)
      window.removeEventListener('drop', onDrop)
      window.removeEventListener('paste', onPaste)
    }
  }, [])
  return (
    isDragging && (
      <div className={styles.overlay} aria-hidden='true'>
        <span>Drop to upload</span>
      </div>
    )
  )
}

/** Returns the dropped files, with the audio files in dropped folders. */
async function filesOf(transfer: DataTransfer | null): Promise<File[]> {
  // Read at once: the list is empty after the event.
  const dropped = [...(transfer?.items ?? [])].map(item => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }))
  const found = await Promise.all(
    dropped.map(async ({ entry, file }) => (entry?.isDirectory ? await filesBelow(entry) : file ? [file] : []))
  )
  return found.flat()
}

async function filesBelow(entry: FileSystemEntry): Promise<File[]> {
  if (isFile(entry)) return [await new Promise((resolve, reject) => entry.file(resolve, reject))]
  if (!isFolder(entry)) return []
  const reader = entry.createReader()
  const files: File[] = []
  // The reader returns entries in batches, and an empty batch at the end.
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (batch.length === 0) return files
    // Other files beside the songs, such as pictures, are skipped.
    for (const below of batch) files.push(...(await filesBelow(below)).filter(({ type }) => type.startsWith('audio/')))
  }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory
