import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import fp from 'fastify-plugin'
import { openFolderStorage } from './storage/folder-storage.ts'
import type { ObjectStorage } from './storage/object-storage.ts'

declare module 'fastify' {
  interface FastifyInstance { storage: ObjectStorage }
}

/** The folder of a `file:` STORAGE_URL: `file:///srv/ambient`, or `file:songs` below where the server was started. */
function folderOf (url: string): string {
  return url.startsWith('file:/') ? fileURLToPath(url) : resolve(url.slice('file:'.length))
}

/** Where songs and pictures are kept: the folder of STORAGE_URL. Throws at boot for what it does not know. */
export default fp(async app => {
  const { STORAGE_URL } = app.config
  if (!STORAGE_URL.startsWith('file:')) throw new Error(`STORAGE_URL begins with ${STORAGE_URL.split(':')[0]}:, which is not there yet; use file:FOLDER`)
  app.decorate('storage', await openFolderStorage(folderOf(STORAGE_URL)))
}, { name: 'storage' })
