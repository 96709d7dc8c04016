import { audioKey, type SongDocument } from '../../plugins/app/songs/document.ts'
import { BackupError } from './backup-error.ts'
import type { ObjectEntry } from './manifest.ts'
import type { ServerData } from './server-data.ts'

/**
 * Counts the ready songs whose audio is not among the objects.
 * @throws BackupError when that holds for every song: the storage is then not that of the server
 */
export async function countSongsWithoutAudio(
  { db }: Pick<ServerData, 'db'>,
  objects: readonly ObjectEntry[]
): Promise<number> {
  const keys = new Set(objects.map(({ key }) => key))
  let [all, withoutAudio] = [0, 0]
  for await (const { _id } of db
    .collection<SongDocument>('songs')
    .find({ state: 'ready' }, { projection: { _id: 1 } })) {
    all++
    if (!keys.has(audioKey(_id))) withoutAudio++
  }
  if (all > 0 && withoutAudio === all) {
    throw new BackupError(`The storage has audio for none of the ${all} songs. Is STORAGE_URL that of the server?`)
  }
  return withoutAudio
}
