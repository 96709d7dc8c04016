import { useEffect, useState } from 'react'
import { findDroppedFiles } from './dropped-files.ts'
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
      // Read at once: the list is empty after the event.
      const items = [...(event.dataTransfer?.items ?? [])]
      findDroppedFiles(items.map(item => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }))).then(found =>
        uploads.add(found.files, found)
      )
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
