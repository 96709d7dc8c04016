import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { CodedError } from '../../../contract/errors.ts'
import type { User } from '../../../contract/users.ts'

declare module 'fastify' {
  interface FastifyInstance {
    avatars: Avatars
  }
}

const sidePx = 512
const nameBytes = 12
/**
 * Where pictures are served: a path and not a whole address, since what is stored must stay right when PUBLIC_URL changes, and one
 * server is often reached by several names (a phone on the same network as a laptop). Clients resolve it against the server they use.
 */
const urlPrefix = '/v1/avatars/'
/** Nobody is just about to show a picture that has lain unused for so long. */
const forgottenMs = 3_600_000

/** The last part of a picture's URL: whose it is, and a name nobody can guess. */
export const avatarKeyPattern = '^[A-Za-z0-9_-]{1,64}\\.[A-Za-z0-9_-]{16}$'

const folderOf = (userId: string) => `avatars/${userId}/`
const storageKey = (key: string) => `avatars/${key.replace('.', '/')}`
/** Where the picture behind a URL lies; null when it is none of ours. */
const placeOf = (avatarUrl: string | null) =>
  avatarUrl?.startsWith(urlPrefix) ? storageKey(avatarUrl.slice(urlPrefix.length)) : null

export type Avatars = ReturnType<typeof createAvatars>

/** People's pictures: square, re-encoded, kept in the storage. */
export function createAvatars({ users, storage, pictures }: Pick<FastifyInstance, 'users' | 'storage' | 'pictures'>) {
  /** What a server that died in between, or a lost race, left behind: nothing refers to it any more. */
  async function removeOthers(userId: string, current: string | null, previous: string | null): Promise<void> {
    for await (const { key, modifiedAt } of storage.list(folderOf(userId))) {
      if (key === current) continue
      if (key === previous || modifiedAt.getTime() < Date.now() - forgottenMs) await storage.delete(key)
    }
  }

  /** Throws NOT_FOUND. */
  async function show(userId: string, avatarUrl: string | null): Promise<User> {
    const { user, previousUrl } = await users.setAvatar(userId, avatarUrl)
    await removeOthers(userId, placeOf(avatarUrl), placeOf(previousUrl))
    return user
  }

  return {
    /** Puts a JPEG, PNG or WebP in place of what was there. Throws UNSUPPORTED_MEDIA, UNAVAILABLE, NOT_FOUND. */
    async replace(userId: string, picture: Buffer): Promise<User> {
      const encoded = await pictures.square(picture, sidePx)
      const key = `${userId}.${randomBytes(nameBytes).toString('base64url')}`
      // The picture is there before anything refers to it, and what refers to the old one is gone before that is.
      await storage.put(storageKey(key), [encoded])
      try {
        return await show(userId, urlPrefix + key)
      } catch (error) {
        if (error instanceof CodedError && error.code === 'NOT_FOUND') await storage.delete(storageKey(key))
        throw error
      }
    },

    /** Throws NOT_FOUND when there is no such person. */
    remove: async (userId: string): Promise<User> => await show(userId, null),

    /** The bytes of a picture, WebP. Throws NOT_FOUND. */
    async read(key: string): Promise<{ sizeBytes: number; stream: Readable }> {
      const found = await storage.get(storageKey(key))
      if (!found) throw new CodedError('NOT_FOUND', 'There is no such picture.')
      return { sizeBytes: found.object.sizeBytes, stream: found.stream }
    },

    async *heldAbout(userId: string): AsyncIterable<object> {
      for await (const { key, sizeBytes, modifiedAt } of storage.list(folderOf(userId))) {
        yield {
          url: urlPrefix + key.slice('avatars/'.length).replace('/', '.'),
          sizeBytes,
          storedAt: modifiedAt.toISOString()
        }
      }
    },

    /** Also what nothing refers to any more. Safe to repeat. */
    async erase(userId: string): Promise<void> {
      for await (const { key } of storage.list(folderOf(userId))) await storage.delete(key)
    }
  }
}

export default fp(
  async app => {
    const avatars = createAvatars(app)
    app.decorate('avatars', avatars)
    app.personalData.register('avatars', {
      export: userId => avatars.heldAbout(userId),
      erase: async userId => await avatars.erase(userId)
    })
  },
  { name: 'avatars', dependencies: ['users', 'storage', 'pictures', 'personal-data'] }
)
