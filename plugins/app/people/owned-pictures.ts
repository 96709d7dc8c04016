import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import { CodedError } from '../../../contract/errors.ts'
import type { Pictures } from '../../external/pictures.ts'
import type { ObjectStorage } from '../../external/storage/object-storage.ts'
import { convertedOrUnreadable } from '../privacy/exported-records.ts'

const nameBytes = 12
/** A file that has been unused for this time is no longer about to be referred to. */
const unusedAfterMs = 3_600_000

/** The last part of a picture's URL: the owner's id and a name that can't be guessed. */
export const pictureKeyPattern = '^[A-Za-z0-9_-]{1,64}\\.[A-Za-z0-9_-]{16}$'

export interface OwnedPicturesParts {
  storage: ObjectStorage
  pictures: Pictures
  /** Folder of the storage, and last segment of the URL path. */
  folder: 'avatars' | 'covers'
  sidePx: number
}

export type OwnedPictures = ReturnType<typeof createOwnedPictures>

/**
 * Pictures that belong to a person: square, re-encoded, in object storage. A picture never changes, since each new one
 * gets a new URL. URLs have no host, because they must stay valid when PUBLIC_URL changes, and because one server is
 * often reached by several names, such as a laptop and a phone in the same network. Clients resolve them against the
 * server they use.
 */
export function createOwnedPictures({ storage, pictures, folder, sidePx }: OwnedPicturesParts) {
  const urlPrefix = `/v1/${folder}/`
  const folderOf = (ownerId: string) => `${folder}/${ownerId}/`
  const storageKey = (key: string) => `${folder}/${key.replace('.', '/')}`
  const urlOf = (stored: string) => urlPrefix + stored.slice(folder.length + 1).replace('/', '.')

  return {
    /** Stores a JPEG, PNG or WebP, and returns its URL. Throws UNSUPPORTED_MEDIA, UNAVAILABLE. */
    async add(ownerId: string, picture: Buffer): Promise<string> {
      const encoded = await pictures.square(picture, sidePx)
      const key = `${ownerId}.${randomBytes(nameBytes).toString('base64url')}`
      await storage.put(storageKey(key), [encoded])
      return urlPrefix + key
    },

    /** Removes a picture that nothing refers to. Ignores the URL of another server. Safe to repeat. */
    async discard(url: string): Promise<void> {
      if (url.startsWith(urlPrefix)) await storage.delete(storageKey(url.slice(urlPrefix.length)))
    },

    /**
     * Removes the previous picture, and files that a crash or a lost race has left behind, unless they are used.
     * @param findUsed returns those of these URLs that are in use
     */
    async removeUnused(
      ownerId: string,
      previous: string | null,
      findUsed: (urls: readonly string[]) => Promise<ReadonlySet<string>>
    ): Promise<void> {
      const candidates: string[] = []
      for await (const { key, modifiedAt } of storage.list(folderOf(ownerId))) {
        const isOld = modifiedAt.getTime() < Date.now() - unusedAfterMs
        if (isOld || urlOf(key) === previous) candidates.push(key)
      }
      if (candidates.length === 0) return
      const used = await findUsed(candidates.map(urlOf))
      for (const key of candidates) if (!used.has(urlOf(key))) await storage.delete(key)
    },

    /** Reads a picture, WebP. Throws NOT_FOUND. */
    async read(key: string): Promise<{ sizeBytes: number; stream: Readable }> {
      const found = await storage.get(storageKey(key))
      if (!found) throw new CodedError('NOT_FOUND', 'There is no such picture.')
      return { sizeBytes: found.object.sizeBytes, stream: found.stream }
    },

    async *export(ownerId: string): AsyncIterable<object> {
      for await (const { key, sizeBytes, modifiedAt } of storage.list(folderOf(ownerId))) {
        yield convertedOrUnreadable(key, () => ({
          url: urlOf(key),
          sizeBytes,
          storedAt: modifiedAt.toISOString()
        }))
      }
    },

    /** Removes all pictures of a person, also unused ones. Safe to repeat. */
    async erase(ownerId: string): Promise<void> {
      for await (const { key } of storage.list(folderOf(ownerId))) await storage.delete(key)
    }
  }
}
