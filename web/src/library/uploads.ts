import { useSyncExternalStore } from 'react'
import { ambient } from '../ambient.ts'
import { checkFile, type UploadSpace } from './upload-errors.ts'
import { UploadQueue } from './upload-queue.ts'
import type { UploadsView } from './upload.ts'

/** The space known to be left; null until the server has reported it. Until then only the server checks it. */
let space: UploadSpace | null = null

/** The upload queue of this browser tab. It continues while the user visits other pages. */
export const uploads = new UploadQueue({
  songs: ambient.songs,
  check: file => checkFile(file, space),
  after: (waitMs, task) => {
    setTimeout(task, waitMs)
  }
})

export function setUploadSpace(known: UploadSpace | null): void {
  space = known
}

let ownerId = ambient.account.user?.id
ambient.account.subscribe(() => {
  if (ambient.account.user?.id === ownerId) return
  ownerId = ambient.account.user?.id
  space = null
  uploads.clear()
})

// Asks before the tab is closed while files are uploading. Never removed, like the queue itself.
window.addEventListener('beforeunload', event => {
  if (uploads.view.uploads.some(({ state }) => state === 'waiting' || state === 'sending')) event.preventDefault()
})

export function useUploads(): UploadsView {
  return useSyncExternalStore(uploads.subscribe, () => uploads.view)
}
