import type { types } from 'mediasoup-client'
import { CodedError } from '../contract/errors.ts'
import { createAccount, type Account, type SharedLock } from './account.ts'
import { systemClock, type Clock } from './clock.ts'
import type { HistoryPage } from './known-comments.ts'
import { createRequest, type AuthorizedRequest } from './request.ts'
import { createApi } from './rest.ts'
import { createAuthApi } from './rest/auth.ts'
import { createSongsApi } from './rest/songs.ts'
import { ShowRoom } from './show-room.ts'
import { SongUpdateFeed } from './song-updates.ts'
import { silentOutput, type SoundOutput } from './sound.ts'
import { memoryStorage, type TokenStorage } from './storage.ts'
import type { UploadFile, UploadJob, UploadOptions, Uploader } from './upload.ts'

export interface AmbientOptions {
  /** Where the server is, `https://…` without a path. */
  url: string
  /** Where the sign-in is kept; in memory when not given. */
  storage?: TokenStorage
  /** What plays the show; nothing when not given. */
  sound?: SoundOutput
  /** WebRTC of React Native or Node: see mediasoup-client's handlers. The browser's own when not given. */
  handlerFactory?: types.HandlerFactory
  /** `relay`: media goes through a TURN server of the operator's and no other way. `all` when not given. */
  iceTransportPolicy?: RTCIceTransportPolicy
  fetch?: typeof fetch
  /** Sends files; by XMLHttpRequest where there is one, else by `fetch`, which tells no progress. */
  uploader?: Uploader
  /** Keeps renewals apart that share a storage; `navigator.locks` where there is one. */
  lock?: SharedLock
  /** Time and chance, for tests. */
  clock?: Clock
}

/** Everybody who joins asks for these, few scroll for those. */
const newestComments = 50
const earlierComments = 100

/** Ambient for one person: their account, the REST API, and the shows they join. */
export interface Ambient extends ReturnType<typeof createApi> {
  readonly account: Account
  readonly songs: ReturnType<typeof createSongsApi>
  /** Enters a live show; what becomes of it is in the room's `view`. */
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
    lock: lock ?? browserLock(),
    nowMs: clock.nowMs
  })

  /** Asks with a good token, and once more with another one when the server finds it is not. */
  async function withToken<T>(ask: (accessToken: string | undefined) => Promise<T>): Promise<T> {
    const token = await account.freshToken()
    try {
      return await ask(token ?? undefined)
    } catch (error) {
      const refused =
        error instanceof CodedError && (error.code === 'TOKEN_EXPIRED' || error.code === 'UNAUTHENTICATED')
      if (!refused || token === null) throw error
      return await ask((await account.renew(token)) ?? undefined)
    }
  }

  const authorized: AuthorizedRequest = async (method, path, body) =>
    await withToken(async token => await request(method, path, body, token))

  /** Sends a file with the progress told. */
  async function upload<T>(
    method: UploadJob['method'],
    path: string,
    file: UploadFile,
    how: UploadOptions
  ): Promise<T> {
    // Listeners never need it.
    const { platformUploader, uploadFile } = await import('./upload.ts')
    const uploader = options.uploader ?? platformUploader(fetcher)
    return await withToken(
      async accessToken =>
        await uploadFile<T>({ ...how, method, url: `${url}/v1${path}`, file, accessToken, uploader, clock })
    )
  }

  const api = createApi({
    request: authorized,
    upload,
    changed: user => account.update(user),
    erased: async () => await account.signOut()
  })

  /** As the live show tells them: times in ms. */
  async function fetchComments(showId: string, cursor: string | undefined): Promise<HistoryPage> {
    const { items, nextCursor } = await api.comments.list(
      showId,
      cursor === undefined ? { limit: newestComments } : { limit: earlierComments, cursor }
    )
    return { items: items.map(comment => ({ ...comment, createdAt: Date.parse(comment.createdAt) })), nextCursor }
  }

  const songNews = new SongUpdateFeed({ url, account, clock })
  const songs = createSongsApi({
    request: authorized,
    url,
    upload,
    listen: listener => songNews.listen(listener)
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
        songNews: songNews.take,
        ...(handlerFactory && { handlerFactory }),
        ...(iceTransportPolicy && { iceTransportPolicy })
      })
      songNews.follow(room)
      return room
    }
  }
}

/** One renewal at a time across all tabs, where the platform can do that. */
function browserLock(): SharedLock | undefined {
  const locks = globalThis.navigator?.locks
  return locks && { request: async (name, task) => await locks.request(name, task) }
}
