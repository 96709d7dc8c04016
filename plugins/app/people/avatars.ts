import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import { CodedError } from '../../../contract/errors.ts'
import type { User } from '../../../contract/users.ts'
import type { Pictures } from '../../external/pictures.ts'
import type { ObjectStorage } from '../../external/storage/object-storage.ts'
import { convertedOrUnreadable } from '../privacy/exported-records.ts'
import type { Users } from './users.ts'

const sidePx = 512
const nameBytes = 12
/**
 * URL path of pictures. Stored URLs have no host, because they must stay valid when PUBLIC_URL changes, and because one
 * server is often reached by several names, such as a laptop and a phone in the same network. Clients resolve them
 * against the server they use.
 */
const urlPrefix = '/v1/avatars/'
/** A file that has been unused for this time is no longer about to be referred to. */
const unusedAfterMs = 3_600_000

/** The last part of a picture's URL: the user's id and a name that can't be guessed. */
export const avatarKeyPattern = '^[A-Za-z0-9_-]{1,64}\\.[A-Za-z0-9_-]{16}$'

const folderOf = (userId: string) => `avatars/${userId}/`
const storageKey = (key: string) => `avatars/${key.replace('.', '/')}`
/** Returns the storage key of a picture, or null for a URL of another server. */
const storageKeyOfUrl = (avatarUrl: string | null) =>
  avatarUrl?.startsWith(urlPrefix) ? storageKey(avatarUrl.slice(urlPrefix.length)) : null

export interface AvatarsParts {
  users: Pick<Users, 'setAvatar'>
  storage: ObjectStorage
  pictures: Pictures
}

export type Avatars = ReturnType<typeof createAvatars>

/** Pictures of users: square, re-encoded, in object storage. */
export function createAvatars({ users, storage, pictures }: AvatarsParts) {
  /** Removes the previous picture, and files that a crash or a lost race has left behind. */
  async function removeOthers(userId: string, current: string | null, previous: string | null): Promise<void> {
    for await (const { key, modifiedAt } of storage.list(folderOf(userId))) {
      if (key === current) continue
      if (key === previous || modifiedAt.getTime() < Date.now() - unusedAfterMs) await storage.delete(key)
    }
  }

  /** Throws NOT_FOUND. */
  async function change(userId: string, avatarUrl: string | null): Promise<User> {
    const { user, previousUrl } = await users.setAvatar(userId, avatarUrl)
    await removeOthers(userId, storageKeyOfUrl(avatarUrl), storageKeyOfUrl(previousUrl))
    return user
  }

  return {
    /** Replaces the picture with a JPEG, PNG or WebP. Throws UNSUPPORTED_MEDIA, UNAVAILABLE, NOT_FOUND. */
    async replace(userId: string, picture: Buffer): Promise<User> {
      const encoded = await pictures.square(picture, sidePx)
      const key = `${userId}.${randomBytes(nameBytes).toString('base64url')}`
      // The new file is stored before the user refers to it; the old one is deleted after that.
      await storage.put(storageKey(key), [encoded])
      try {
        return await change(userId, urlPrefix + key)
      } catch (error) {
        if (error instanceof CodedError && error.code === 'NOT_FOUND') await storage.delete(storageKey(key))
        throw error
      }
    },

    /** Throws NOT_FOUND when there is no such user. */
    remove: async (userId: string): Promise<User> => await change(userId, null),

    /** Reads a picture, WebP. Throws NOT_FOUND. */
    async read(key: string): Promise<{ sizeBytes: number; stream: Readable }> {
      const found = await storage.get(storageKey(key))
      if (!found) throw new CodedError('NOT_FOUND', 'There is no such picture.')
      return { sizeBytes: found.object.sizeBytes, stream: found.stream }
    },

    async *export(userId: string): AsyncIterable<object> {
      for await (const { key, sizeBytes, modifiedAt } of storage.list(folderOf(userId))) {
        yield convertedOrUnreadable(key, () => ({
          url: urlPrefix + key.slice('avatars/'.length).replace('/', '.'),
          sizeBytes,
          storedAt: modifiedAt.toISOString()
        }))
      }
    },

    /** Removes all pictures of a user, also unused ones. Safe to repeat. */
    async erase(userId: string): Promise<void> {
      for await (const { key } of storage.list(folderOf(userId))) await storage.delete(key)
    }
  }
}
