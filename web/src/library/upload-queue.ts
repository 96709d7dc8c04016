import { CodedError, type Song, type SongUpdate, type UploadOptions } from '../../../client/index.ts'
import { faultOfFailure, faultOfRefusal, type UploadFault } from './upload-faults.ts'

/** A file on its way to being a song. */
export interface Upload {
  readonly id: number
  readonly name: string
  readonly sizeBytes: number
  readonly state: 'waiting' | 'sending' | 'processing' | 'failed'
  /** Of sending, or of being made ready, from 0 to 1; null while it is not known. */
  readonly progress: number | null
  /** Why it failed. */
  readonly fault: UploadFault | null
  /** What it is on the server, once it is there. */
  readonly songId: string | null
}

/** All of them; a new object whenever something changed. */
export interface UploadsView {
  readonly uploads: readonly Upload[]
  /** What happened last, to be said. */
  readonly said: string
}

export interface UploadQueueParts {
  songs: {
    upload(file: File, options: UploadOptions): Promise<Song>
    get(songId: string): Promise<Pick<Song, 'status' | 'reason'>>
    delete(songId: string): Promise<unknown>
    onStatus(status: (news: SongUpdate) => void, missed: () => void): () => void
  }
  /** Why a file is not worth sending; null when it is. */
  check: (file: File) => UploadFault | null
  /** Calls back once, after so many ms. */
  after: (waitMs: number, task: () => void) => void
}

const mostAtOnce = 2
const limitedWaitMs = 5000

/**
 * Uploads files, two at a time, and follows each until it is a song; then it is here no longer. What fails stays, with its
 * reason, until it is tried again or dismissed.
 */
export class UploadQueue {
  readonly #parts: UploadQueueParts
  readonly #listeners = new Set<() => void>()
  readonly #files = new Map<number, File>()
  readonly #aborts = new Map<number, AbortController>()
  /** What was told of songs whose upload was not answered yet. */
  readonly #early = new Map<string, SongUpdate>()
  #view: UploadsView = { uploads: [], said: '' }
  #made = 0
  #isHeld = false
  #unlisten: (() => void) | null = null

  constructor(parts: UploadQueueParts) {
    this.#parts = parts
  }

  get view(): UploadsView {
    return this.#view
  }

  /** Calls back after every change of `view`; answers how to stop that. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  add(files: readonly File[]): void {
    const added = files.map((file): Upload => {
      const fault = this.#parts.check(file)
      const id = ++this.#made
      this.#files.set(id, file)
      return {
        id,
        name: file.name,
        sizeBytes: file.size,
        state: fault ? 'failed' : 'waiting',
        progress: null,
        fault,
        songId: null
      }
    })
    const [first] = added
    if (!first) return
    const refused = added.filter(({ fault }) => fault)
    const [wrong] = refused
    const taken = added.length - refused.length
    const words = [
      ...(taken === 1
        ? [`Uploading ${added.find(({ fault }) => !fault)?.name}`]
        : taken > 1
          ? [`Uploading ${taken} files`]
          : []),
      ...(refused.length === 1 && wrong
        ? [`${wrong.name} can’t be uploaded: ${wrong.fault?.words}`]
        : refused.length > 1
          ? [`${refused.length} files can’t be uploaded`]
          : [])
    ]
    this.#show([...this.#view.uploads, ...added], words.join('. '))
    this.#run()
  }

  /** Sends one again that failed. */
  retry(id: number): void {
    const upload = this.#of(id)
    const file = this.#files.get(id)
    if (upload?.state !== 'failed' || !file) return
    // What became of it the first time is of no use.
    if (upload.songId !== null) this.#parts.songs.delete(upload.songId).catch(() => {})
    const fault = this.#parts.check(file)
    this.#change(
      id,
      { state: fault ? 'failed' : 'waiting', progress: null, fault, songId: null },
      fault ? `${upload.name}: ${fault.words}` : `Trying ${upload.name} again`
    )
    this.#run()
  }

  /** Lets one go, wherever it is; what is on the server of it goes too. */
  dismiss(id: number): void {
    const upload = this.#of(id)
    if (!upload) return
    this.#aborts.get(id)?.abort()
    if (upload.songId !== null) this.#parts.songs.delete(upload.songId).catch(() => {})
    this.#drop(id, upload.state === 'failed' ? undefined : `${upload.name} is not uploaded`)
    this.#run()
  }

  /** Lets all go: somebody else is signed in now. Nothing on the server is touched. */
  clear(): void {
    for (const abort of this.#aborts.values()) abort.abort()
    this.#files.clear()
    this.#early.clear()
    this.#show([], '')
    this.#listen()
  }

  #run(): void {
    this.#listen()
    if (this.#isHeld) return
    const sending = this.#view.uploads.filter(({ state }) => state === 'sending').length
    for (const { id } of this.#view.uploads.filter(({ state }) => state === 'waiting').slice(0, mostAtOnce - sending)) {
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
      this.#arrived(id, song)
    } catch (error) {
      if (!abort.signal.aborted) this.#refused(id, error)
    } finally {
      this.#aborts.delete(id)
    }
    this.#run()
  }

  #arrived(id: number, song: Song): void {
    // It was let go just when it got through.
    if (!this.#of(id)) {
      this.#parts.songs.delete(song.id).catch(() => {})
      return
    }
    this.#change(id, { state: 'processing', progress: null, songId: song.id })
    this.#follow(
      this.#early.get(song.id) ?? { songId: song.id, status: song.status, ...(song.reason && { reason: song.reason }) }
    )
  }

  #refused(id: number, error: unknown): void {
    const name = this.#of(id)?.name ?? ''
    if (error instanceof CodedError && error.code === 'RATE_LIMITED') {
      return this.#hold(id, error.retryAfterMs ?? limitedWaitMs)
    }
    const fault = faultOfRefusal(error)
    this.#change(id, { state: 'failed', progress: null, fault }, `${name} failed: ${fault.words}`)
  }

  /** The server has enough for a while; then all go on by themselves. */
  #hold(id: number, waitMs: number): void {
    this.#isHeld = true
    this.#change(id, { state: 'waiting', progress: null })
    this.#parts.after(waitMs, () => {
      this.#isHeld = false
      this.#run()
    })
  }

  readonly #follow = (news: SongUpdate): void => {
    const upload = this.#view.uploads.find(({ songId }) => songId === news.songId)
    if (!upload) {
      if (this.#aborts.size > 0) this.#early.set(news.songId, news)
      return
    }
    if (upload.state === 'failed') return
    if (news.status === 'ready') return this.#drop(upload.id, `${upload.name} is ready`)
    if (news.status === 'processing') return this.#change(upload.id, { progress: news.progress ?? upload.progress })
    const fault = faultOfFailure(news.reason)
    this.#change(upload.id, { state: 'failed', progress: null, fault }, `${upload.name} failed: ${fault.words}`)
  }

  /** Looks what became of songs while nothing was heard. */
  readonly #look = (): void => {
    for (const { songId, state } of this.#view.uploads) {
      if (songId === null || state !== 'processing') continue
      this.#parts.songs.get(songId).then(
        ({ status, reason }) => this.#follow({ songId, status, ...(reason && { reason }) }),
        (error: unknown) => {
          // Deleted meanwhile, by another tab.
          const gone = this.#view.uploads.find(upload => upload.songId === songId)
          if (gone && error instanceof CodedError && error.code === 'NOT_FOUND') this.#drop(gone.id)
        }
      )
    }
  }

  /** Hears of songs while there is something to hear. */
  #listen(): void {
    const isNeeded = this.#view.uploads.some(({ state }) => state !== 'failed')
    if (isNeeded) this.#unlisten ??= this.#parts.songs.onStatus(this.#follow, this.#look)
    else {
      this.#unlisten?.()
      this.#unlisten = null
      this.#early.clear()
    }
  }

  #of(id: number): Upload | undefined {
    return this.#view.uploads.find(upload => upload.id === id)
  }

  #change(id: number, change: Partial<Upload>, said?: string): void {
    if (!this.#of(id)) return
    this.#show(
      this.#view.uploads.map(upload => (upload.id === id ? { ...upload, ...change } : upload)),
      said
    )
  }

  #drop(id: number, said?: string): void {
    this.#files.delete(id)
    this.#show(
      this.#view.uploads.filter(upload => upload.id !== id),
      said
    )
    this.#listen()
  }

  #show(uploads: readonly Upload[], said: string = this.#view.said): void {
    this.#view = { uploads, said }
    for (const listener of [...this.#listeners]) listener()
  }
}
