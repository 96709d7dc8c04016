import type { ActiveAnnouncements } from '../contract/announcements.ts'
import { CodedError } from '../contract/errors.ts'
import { createAccount, type Account, type SharedLock } from './account.ts'
import { AnnouncementFeed } from './announcements.ts'
import { systemClock, type Clock } from './clock.ts'
import { createLive, type Live } from './live.ts'
import { PersonalFeed } from './personal-feed.ts'
import { createRequest, type AuthorizedRequest } from './request.ts'
import { createApi } from './rest.ts'
import { createAuthApi } from './rest/auth.ts'
import { createMetadataApi } from './rest/metadata.ts'
import { createSongsApi, type SongsParts } from './rest/songs.ts'
import { createStorageLock } from './storage-lock.ts'
import { memoryStorage, type TokenStorage } from './storage.ts'
import type { UploadFile, UploadJob, UploadOptions, Uploader } from './upload.ts'

export interface ApiOptions {
  /** Origin of the server, `https://…` without a path. */
  url: string
  /** Keeps the sign-in. Default: in memory. */
  storage?: TokenStorage
  fetch?: typeof fetch
  /** Sends files. Default: XMLHttpRequest where available, otherwise `fetch`, which reports no progress. */
  uploader?: Uploader
  /** Prevents concurrent renewals by clients that share a storage. Default: `navigator.locks`, or `localStorage`. */
  lock?: SharedLock
  /** Time and randomness, for tests. */
  clock?: Clock
}

/** Ambient for one user, without live shows: the account and the REST API. `joinShow` takes it and joins a show. */
export interface AmbientApi extends ReturnType<typeof createApi> {
  /** Origin of the server. */
  readonly url: string
  readonly clock: Clock
  readonly account: Account
  readonly songs: ReturnType<typeof createSongsApi>
  readonly metadata: ReturnType<typeof createMetadataApi>
  readonly live: Live
  /** Tells the server that the user plays or paused a song outside of a show. Throws NOT_FOUND, RATE_LIMITED. */
  readonly playerState: PersonalFeed['playerState']
  /** Source of `songs.onStatus`, `metadata.onChange` and `live`. A room passes on the messages of its connection. */
  readonly personalFeed: PersonalFeed
  /** The active announcements of the operators. */
  readonly announcements: AnnouncementFeed
}

/**
 * Creates the account and the REST API. Apps whose first page needs nothing live load `joinShow` with a later page, and
 * Socket.IO and mediasoup-client with it.
 */
export function createAmbientApi(options: ApiOptions): AmbientApi {
  const { url, storage = memoryStorage(), lock, clock = systemClock } = options
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

  const announcements = new AnnouncementFeed({
    fetchActive: async () => await request<ActiveAnnouncements>('GET', '/announcements'),
    clock
  })
  const personalFeed = new PersonalFeed({ url, account, clock, announcements })
  const listen: SongsParts['listen'] = listener => personalFeed.listen(listener)

  return {
    ...api,
    url,
    clock,
    account,
    songs: createSongsApi({ request: authorized, url, upload, listen }),
    metadata: createMetadataApi({ request: authorized, listen }),
    live: createLive(authorized, personalFeed),
    playerState: personalFeed.playerState,
    personalFeed,
    announcements
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
