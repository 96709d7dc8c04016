import type { types } from 'mediasoup-client'
import type { LiveComment } from '../contract/comments.ts'
import { CodedError } from '../contract/errors.ts'
import type { Page } from '../contract/paging.ts'
import { createAccount, type Account, type SharedLock } from './account.ts'
import { systemClock, type Clock } from './clock.ts'
import { createRequest, type AuthorizedRequest } from './request.ts'
import { createApi } from './rest.ts'
import { createAuthApi } from './rest/auth.ts'
import { createSongsApi } from './rest/songs.ts'
import { ShowRoom } from './show-room.ts'
import { SongUpdateFeed } from './song-updates.ts'
import { silentOutput, type SoundOutput } from './sound.ts'
import { createStorageLock } from './storage-lock.ts'
import { memoryStorage, type TokenStorage } from './storage.ts'
import type { UploadFile, UploadJob, UploadOptions, Uploader } from './upload.ts'

export interface AmbientOptions {
  /** Origin of the server, `https://…` without a path. */
  url: string
  /** Keeps the sign-in. Default: in memory. */
  storage?: TokenStorage
  /** Plays the show. Default: nothing is played. */
  sound?: SoundOutput
  /** WebRTC of React Native or Node.js: see the handlers of mediasoup-client. Default: the browser's own. */
  handlerFactory?: types.HandlerFactory
  /** `relay` sends media through the operator's TURN server only. Default: `all`. */
  iceTransportPolicy?: RTCIceTransportPolicy
  fetch?: typeof fetch
  /** Sends files. Default: XMLHttpRequest where available, otherwise `fetch`, which reports no progress. */
  uploader?: Uploader
  /** Prevents concurrent renewals by clients that share a storage. Default: `navigator.locks`, or `localStorage`. */
  lock?: SharedLock
  /** Time and randomness, for tests. */
  clock?: Clock
}

/** Everybody who joins requests the newest comments, and few scroll back, so the first page is smaller. */
const newestPageSize = 50
const earlierPageSize = 100

/** Ambient for one user: the account, the REST API, and the shows that the user joins. */
export interface Ambient extends ReturnType<typeof createApi> {
  readonly account: Account
  readonly songs: ReturnType<typeof createSongsApi>
  /** Joins a live show. The returned room reports the progress in its `view`. */
  joinShow(showId: string): ShowRoom
}

export function createAmbient(options: AmbientOptions): Ambient {
  const {
    url,
    storage = memoryStorage(),
    sound = silentOutput(),
    handlerFactory,
    iceTransportPolicy,
    lock,
    clock = systemClock
  } = options
  const fetcher = options.fetch ?? globalThis.fetch.bind(globalThis)
  const request = createRequest(url, fetcher, clock)
  const account = createAccount({
    auth: createAuthApi(request),
    storage,
    lock: lock ?? browserLock(clock),
    nowMs: clock.nowMs
  })

  /**
   * Sends a request with a valid token, and once more with a renewed token when the server rejects the first. A request
   * of one user is never sent as another who signs in meanwhile.
   */
  async function withToken<T>(send: (accessToken: string | undefined) => Promise<T>): Promise<T> {
    const { user } = account
    const sendWith = async (token: string | null) => {
      if (user && account.user && account.user.id !== user.id) {
        throw new CodedError('UNAUTHENTICATED', 'Somebody else has signed in meanwhile.')
      }
      return await send(token ?? undefined)
    }
    const token = await account.freshToken()
    try {
      return await sendWith(token)
    } catch (error) {
      const isTokenRejected =
        error instanceof CodedError && (error.code === 'TOKEN_EXPIRED' || error.code === 'UNAUTHENTICATED')
      if (!isTokenRejected || token === null || account.user?.id !== user?.id) throw error
      return await sendWith(await account.renew(token))
    }
  }

  const authorized: AuthorizedRequest = async (method, path, body) =>
    await withToken(async token => await request(method, path, body, token))

  async function upload<T>(
    method: UploadJob['method'],
    path: string,
    file: UploadFile,
    uploadOptions: UploadOptions
  ): Promise<T> {
    // Loaded on demand: listeners never need it.
    const { platformUploader, uploadFile } = await import('./upload.ts')
    const uploader = options.uploader ?? platformUploader(fetcher)
    return await withToken(
      async accessToken =>
        await uploadFile<T>({ ...uploadOptions, method, url: `${url}/v1${path}`, file, accessToken, uploader, clock })
    )
  }

  const api = createApi({
    request: authorized,
    upload,
    onUserChanged: user => account.update(user),
    onErased: async () => await account.signOut()
  })

  /** Returns a page of comments with times in ms, as a live show sends them. */
  async function fetchComments(showId: string, cursor: string | undefined): Promise<Page<LiveComment>> {
    const { items, nextCursor } = await api.comments.list(
      showId,
      cursor === undefined ? { limit: newestPageSize } : { limit: earlierPageSize, cursor }
    )
    return { items: items.map(comment => ({ ...comment, createdAt: Date.parse(comment.createdAt) })), nextCursor }
  }

  const songUpdates = new SongUpdateFeed({ url, account, clock })
  const songs = createSongsApi({
    request: authorized,
    url,
    upload,
    listen: listener => songUpdates.listen(listener)
  })

  return {
    ...api,
    account,
    songs,
    joinShow(showId) {
      const room = new ShowRoom({
        url,
        showId,
        account,
        sound,
        clock,
        fetchComments: async cursor => await fetchComments(showId, cursor),
        onSongUpdate: songUpdates.receive,
        ...(handlerFactory && { handlerFactory }),
        ...(iceTransportPolicy && { iceTransportPolicy })
      })
      songUpdates.attach(room)
      return room
    }
  }
}

/** Returns the lock that all tabs of the browser share, where the platform has one. */
function browserLock(clock: Clock): SharedLock | undefined {
  const locks = globalThis.navigator?.locks
  if (locks) return { request: async (name, task) => await locks.request(name, task) }
  const storage = pageStorage()
  return storage && createStorageLock(storage, clock)
}

/** Returns the storage that all tabs of the browser share, or undefined outside of pages and where it is blocked. */
function pageStorage(): Storage | undefined {
  try {
    return typeof document === 'undefined' ? undefined : globalThis.localStorage
  } catch {
    return undefined
  }
}
