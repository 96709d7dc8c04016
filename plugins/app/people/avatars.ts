import { CodedError } from '../../../contract/errors.ts'
import type { User } from '../../../contract/users.ts'
import type { Pictures } from '../../external/pictures.ts'
import type { ObjectStorage } from '../../external/storage/object-storage.ts'
import { createOwnedPictures } from './owned-pictures.ts'
import type { Users } from './users.ts'

const sidePx = 512

export interface AvatarsParts {
  users: Pick<Users, 'setAvatar'>
  storage: ObjectStorage
  pictures: Pictures
}

export type Avatars = ReturnType<typeof createAvatars>

/** Pictures of users. */
export function createAvatars({ users, storage, pictures }: AvatarsParts) {
  const files = createOwnedPictures({ storage, pictures, folder: 'avatars', sidePx })

  /** Throws NOT_FOUND. */
  async function change(userId: string, avatarUrl: string | null): Promise<User> {
    const { user, previousUrl } = await users.setAvatar(userId, avatarUrl)
    await files.removeUnused(userId, previousUrl, async () => new Set(avatarUrl === null ? [] : [avatarUrl]))
    return user
  }

  return {
    /** Replaces the picture with a JPEG, PNG or WebP. Throws UNSUPPORTED_MEDIA, UNAVAILABLE, NOT_FOUND. */
    async replace(userId: string, picture: Buffer): Promise<User> {
      // The new file is stored before the user refers to it; the old one is deleted after that.
      const url = await files.add(userId, picture)
      try {
        return await change(userId, url)
      } catch (error) {
        if (error instanceof CodedError && error.code === 'NOT_FOUND') await files.discard(url)
        throw error
      }
    },

    /** Throws NOT_FOUND when there is no such user. */
    remove: async (userId: string): Promise<User> => await change(userId, null),

    read: files.read,
    export: files.export,
    erase: files.erase
  }
}
