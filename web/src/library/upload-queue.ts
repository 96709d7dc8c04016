import { CodedError, type Song, type SongUpdate, type UploadOptions } from '../../../client/index.ts'
import { uploadAnnouncements } from './upload-announcements.ts'
import type { DroppedFiles } from './dropped-files.ts'
import { dropErrors, processingErrorOf, uploadErrorOf, type UploadError } from './upload-errors.ts'
import { failedUpload, type Upload, type UploadsView } from './upload.ts'

export interface UploadQueueParts {
  songs: {
    upload(file: File, options: UploadOptions): Promise<Song>
    get(songId: string): Promise<Pick<Song, 'status' | 'reason' | 'failure'>>
    delete(songId: string): Promise<unknown>
    onStatus(status: (update: SongUpdate) => void, missed: () => void): () => void
  }
  /** Returns why a file cannot be uploaded; null when it can. */
  check: (file: File) => UploadError | null
  /** Runs a task once after a delay. */
  after: (waitMs: number, task: () => void) => void
}

const maxConcurrentUploads = 2
/** The wait after a rate limit that does not name one. */
const rateLimitWaitMs = 5000

/**
 * Uploads files, two at a time, and follows each until its song is ready and it leaves the queue. A failed upload
 * stays, with its error, until it is tried again or dismissed.
 */
export class UploadQueue {
  readonly #parts: UploadQueueParts
  readonly #listeners = new Set<() => void>()
  readonly #files = new Map<number, File>()
  readonly #aborts = new Map<number, AbortController>()
  /** Statuses of songs that arrived before the upload request was answered. */
  readonly #earlyUpdates = new Map<string, SongUpdate>()
  #view: UploadsView = { uploads: [], announcement: '' }
  #lastId = 0
  #isPaused = false
  #unsubscribe: (() => void) | null = null

  constructor(parts: UploadQueueParts) {
    this.#parts = parts
  }

  get view(): UploadsView {
    return this.#view
  }

  /** Calls back after every change of `view`. Returns a function that unsubscribes. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  /** Adds files. Shows what else was dropped as failed, by name. */
  add(files: readonly File[], { unreadable = [], withoutSongs = [] }: Partial<Omit<DroppedFiles, 'files'>> = {}): void {
    const added = files.map((file): Upload => {
      const error = this.#parts.check(file)
      const id = ++this.#lastId
      this.#files.set(id, file)
      return {
        id,
        name: file.name,
        sizeBytes: file.size,
        state: error ? 'failed' : 'waiting',
        progress: null,
        error,
        songId: null
      }
    })
    added.push(
      ...unreadable.map(name => failedUpload(++this.#lastId, name, dropErrors.unreadable)),
      ...withoutSongs.map(name => failedUpload(++this.#lastId, name, dropErrors.withoutSongs))
    )
    if (added.length === 0) return
    this.#update([...this.#view.uploads, ...added], uploadAnnouncements.added(added))
    this.#run()
  }

  /** Uploads a failed file again. */
  retry(id: number): void {
    const upload = this.#find(id)
    const file = this.#files.get(id)
    if (upload?.state !== 'failed' || !file) return
    // The song of the failed attempt is of no use.
    if (upload.songId !== null) this.#removeSong(upload.songId)
    const error = this.#parts.check(file)
    this.#change(
      id,
      { state: error ? 'failed' : 'waiting', progress: null, error, songId: null },
      error ? uploadAnnouncements.notRetried(upload.name, error.message) : uploadAnnouncements.retrying(upload.name)
    )
    this.#run()
  }

  /** Cancels an upload in any state, and removes its song from the server. */
  dismiss(id: number): void {
    const upload = this.#find(id)
    if (!upload) return
    this.#aborts.get(id)?.abort()
    if (upload.songId !== null) this.#removeSong(upload.songId)
    this.#drop(id, upload.state === 'failed' ? undefined : uploadAnnouncements.canceled(upload.name))
    this.#run()
  }

  /** Cancels all uploads after another user has signed in. Nothing on the server is changed. */
  clear(): void {
    for (const abort of this.#aborts.values()) abort.abort()
    this.#files.clear()
    this.#earlyUpdates.clear()
    this.#update([], '')
    this.#refreshSubscription()
  }

  #run(): void {
    this.#refreshSubscription()
    if (this.#isPaused) return
    const inState = (state: Upload['state']) => this.#view.uploads.filter(upload => upload.state === state)
    for (const { id } of inState('waiting').slice(0, maxConcurrentUploads - inState('sending').length)) {
      this.#send(id)
    }
  }

  async #send(id: number): Promise<void> {
    const file = this.#files.get(id)
    if (!file) return
    const abort = new AbortController()
    this.#aborts.set(id, abort)
    this.#change(id, { state: 'sending', progress: 0 })
    try {
      const song = await this.#parts.songs.upload(file, {
        signal: abort.signal,
        onProgress: (sentBytes, totalBytes) =>
          this.#change(id, { progress: totalBytes > 0 ? sentBytes / totalBytes : null })
      })
      this.#onUploaded(id, song)
    } catch (error) {
      if (!abort.signal.aborted) this.#onRefused(id, error)
    } finally {
      this.#aborts.delete(id)
    }
    this.#run()
  }

  #onUploaded(id: number, song: Song): void {
    // It was dismissed at the moment the upload finished.
    if (!this.#find(id)) return this.#removeSong(song.id)
    this.#change(id, { state: 'processing', progress: null, songId: song.id })
    this.#onUpdate(
      this.#earlyUpdates.get(song.id) ?? {
        songId: song.id,
        status: song.status,
        ...(song.reason && { reason: song.reason }),
        ...(song.failure && { failure: song.failure })
      }
    )
  }

  #onRefused(id: number, error: unknown): void {
    if (error instanceof CodedError && error.code === 'RATE_LIMITED') {
      return this.#pause(id, error.retryAfterMs ?? rateLimitWaitMs)
    }
    this.#fail(id, uploadErrorOf(error))
  }

  /** Puts a rate-limited upload back in the queue, and continues with the whole queue after a wait. */
  #pause(id: number, waitMs: number): void {
    this.#isPaused = true
    this.#change(id, { state: 'waiting', progress: null })
    this.#parts.after(waitMs, () => {
      this.#isPaused = false
      this.#run()
    })
  }

  readonly #onUpdate = (update: SongUpdate): void => {
    const upload = this.#view.uploads.find(({ songId }) => songId === update.songId)
    if (!upload) {
      if (this.#aborts.size > 0) this.#earlyUpdates.set(update.songId, update)
      return
    }
    if (upload.state === 'failed') return
    if (update.status === 'ready') return this.#drop(upload.id, uploadAnnouncements.ready(upload.name))
    if (update.status === 'processing') return this.#change(upload.id, { progress: update.progress ?? upload.progress })
    this.#fail(upload.id, processingErrorOf(update))
  }

  /** Loads the status of songs after the connection was lost. */
  readonly #onMissedUpdates = (): void => {
    for (const { songId, state } of this.#view.uploads) {
      if (songId === null || state !== 'processing') continue
      this.#parts.songs.get(songId).then(
        ({ status, reason, failure }) =>
          this.#onUpdate({ songId, status, ...(reason && { reason }), ...(failure && { failure }) }),
        (error: unknown) => {
          // It was deleted in another tab.
          const deleted = this.#view.uploads.find(upload => upload.songId === songId)
          if (deleted && error instanceof CodedError && error.code === 'NOT_FOUND') this.#drop(deleted.id)
        }
      )
    }
  }

  /** Subscribes to song statuses while there are uploads to follow. */
  #refreshSubscription(): void {
    const isNeeded = this.#view.uploads.some(({ state }) => state !== 'failed')
    if (isNeeded) this.#unsubscribe ??= this.#parts.songs.onStatus(this.#onUpdate, this.#onMissedUpdates)
    else {
      this.#unsubscribe?.()
      this.#unsubscribe = null
      this.#earlyUpdates.clear()
    }
  }

  #find(id: number): Upload | undefined {
    return this.#view.uploads.find(upload => upload.id === id)
  }

  #fail(id: number, error: UploadError): void {
    const name = this.#find(id)?.name ?? ''
    this.#change(id, { state: 'failed', progress: null, error }, uploadAnnouncements.failed(name, error.message))
  }

  #removeSong(songId: string): void {
    this.#parts.songs.delete(songId).catch(() => {})
  }

  #change(id: number, change: Partial<Upload>, announcement?: string): void {
    if (!this.#find(id)) return
    this.#update(
      this.#view.uploads.map(upload => (upload.id === id ? { ...upload, ...change } : upload)),
      announcement
    )
  }

  #drop(id: number, announcement?: string): void {
    this.#files.delete(id)
    this.#update(
      this.#view.uploads.filter(upload => upload.id !== id),
      announcement
    )
    this.#refreshSubscription()
  }

  #update(uploads: readonly Upload[], announcement: string = this.#view.announcement): void {
    this.#view = { uploads, announcement }
    for (const listener of [...this.#listeners]) listener()
  }
}
