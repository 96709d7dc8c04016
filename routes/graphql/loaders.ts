import DataLoader from 'dataloader'
import { CodedError } from '../../contract/errors.ts'
import type { Show } from '../../contract/shows.ts'
import type { SongOnAir } from '../../contract/songs.ts'
import type { Profile } from '../../plugins/app/people/users.ts'
import type { GraphqlServices } from './services.ts'

/** Reads by id in one query. A loader asks its service once for all ids of one level of the query. */
export interface Loaders {
  show: DataLoader<string, Show>
  /** Null for erased accounts. */
  profile: DataLoader<string, Profile | null>
  followerCount: DataLoader<string, number>
  followingCount: DataLoader<string, number>
  isFollowed: DataLoader<string, boolean>
  songsOnAir: DataLoader<string, SongOnAir[]>
}

/** Maximum number of ids in one command of the store. */
const maxBatchSize = 500

/** Creates the loaders of one request. Nothing is kept for the next one. */
export function createLoaders({ shows, users, follows, songs }: GraphqlServices, callerId: string | null): Loaders {
  function loader<T>(read: (ids: readonly string[]) => Promise<(id: string) => T | Error>): DataLoader<string, T> {
    return new DataLoader<string, T>(
      async ids => {
        const valueOf = await read(ids)
        return ids.map(valueOf)
      },
      { maxBatchSize }
    )
  }

  return {
    show: loader<Show>(async ids => {
      const found = await shows.getMany(ids, callerId)
      return id => found.get(id) ?? new CodedError('NOT_FOUND', 'There is no such show.')
    }),
    profile: loader(async ids => {
      const found = await users.profiles(ids)
      return id => found.get(id) ?? null
    }),
    followerCount: loader(async ids => {
      const counts = await follows.followerCounts(ids)
      return id => counts.get(id) ?? 0
    }),
    followingCount: loader(async ids => {
      const counts = await follows.followingCounts(ids)
      return id => counts.get(id) ?? 0
    }),
    isFollowed: loader(async ids => {
      const followed = await follows.followedAmong(callerId, ids)
      return id => followed.has(id)
    }),
    songsOnAir: loader(async ids => {
      const found = await songs.onAir(ids)
      return id => found.get(id) ?? []
    })
  }
}
