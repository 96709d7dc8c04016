import { useSyncExternalStore } from 'react'
import { ambient } from '../ambient.ts'
import { faultOfFile, type Room } from './upload-faults.ts'
import { UploadQueue, type UploadsView } from './upload-queue.ts'

/** What the server said last of the room there is; what it does not know yet, it finds itself. */
let room: Room | null = null

/** The one queue of this page: it goes on while one looks at something else. */
export const uploads = new UploadQueue({
  songs: ambient.songs,
  check: file => faultOfFile(file, room),
  after: (waitMs, task) => {
    setTimeout(task, waitMs)
  }
})

export function setRoom(known: Room | null): void {
  room = known
}

let ownerId = ambient.account.user?.id
ambient.account.subscribe(() => {
  if (ambient.account.user?.id === ownerId) return
  ownerId = ambient.account.user?.id
  room = null
  uploads.clear()
})

// Whoever closes the tab while files are on their way is asked first. It stays for as long as the tab does.
window.addEventListener('beforeunload', event => {
  if (uploads.view.uploads.some(({ state }) => state === 'waiting' || state === 'sending')) event.preventDefault()
})

export function useUploads(): UploadsView {
  return useSyncExternalStore(uploads.subscribe, () => uploads.view)
}
