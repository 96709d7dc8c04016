import { useEffect, useState } from 'react'
import { uploads } from './uploads.ts'
import styles from './file-drop.module.css'

/** For as long as it is there, files that are dropped or pasted anywhere on the page are uploaded. */
export function FileDrop() {
  const [isOver, setOver] = useState(false)
  useEffect(() => {
    const hasFiles = (transfer: DataTransfer | null) => transfer?.types.includes('Files') ?? false
    const over = (event: DragEvent) => {
      if (!hasFiles(event.dataTransfer)) return
      event.preventDefault()
      setOver(true)
    }
    // Out of the window, not from one element to the next.
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false)
    }
    const drop = (event: DragEvent) => {
      if (!hasFiles(event.dataTransfer)) return
      event.preventDefault()
      setOver(false)
      filesOf(event.dataTransfer).then(files => uploads.add(files))
    }
    const paste = ({ clipboardData }: ClipboardEvent) => uploads.add([...(clipboardData?.files ?? [])])
    window.addEventListener('dragover', over)
    window.addEventListener('dragleave', leave)
    window.addEventListener('drop', drop)
    window.addEventListener('paste', paste)
    return () => {
      window.removeEventListener('dragover', over)
      window.removeEventListener('dragleave', leave)
      window.removeEventListener('drop', drop)
      window.removeEventListener('paste', paste)
    }
  }, [])
  return (
    isOver && (
      <div className={styles.over} aria-hidden='true'>
        <span>Let go to upload</span>
      </div>
    )
  )
}

/** What was dropped, with all that is in its folders. */
async function filesOf(transfer: DataTransfer | null): Promise<File[]> {
  // The list is empty as soon as the event is over.
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
  // It answers some at a time, and none when it is through.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (some.length === 0) return files
    // What lies beside the songs, like pictures and lists, is not meant.
    for (const below of some) files.push(...(await filesBelow(below)).filter(({ type }) => type.startsWith('audio/')))
  }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory
