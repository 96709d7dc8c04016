import { audioKey, type SongDocument } from '../../plugins/app/songs/document.ts'
import type { Home } from './home.ts'
import { KeepingError } from './backup-error.ts'
import type { ObjectEntry } from './manifest.ts'

/**
 * How many songs that can be played have no sound among the objects. Throws KeepingError where not one of them has: then it is
 * another server's storage, or the setting was forgotten.
 */
export async function countSilent({ db }: Pick<Home, 'db'>, objects: readonly ObjectEntry[]): Promise<number> {
  const keys = new Set(objects.map(({ key }) => key))
  let [all, silent] = [0, 0]
  for await (const { _id } of db
    .collection<SongDocument>('songs')
    .find({ state: 'ready' }, { projection: { _id: 1 } })) {
    all++
    if (!keys.has(audioKey(_id))) silent++
  }
  if (all > 0 && silent === all) {
    throw new KeepingError(`None of the ${all} songs is in the storage. Is STORAGE_URL that of the server?`)
  }
  return silent
}
