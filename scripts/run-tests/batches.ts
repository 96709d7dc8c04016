/** Folders whose test files share a process with others in `npm test`: nothing in them changes the process itself. */
const sharingFolders = [
  'plugins/embedded/test/',
  'test/attacks/',
  'test/client/',
  'test/config/',
  'test/contract/',
  'test/media/player/',
  'test/plugins/app/analytics/',
  'test/plugins/app/comments/',
  'test/plugins/app/documents/',
  'test/plugins/app/event-totals/',
  'test/plugins/app/http/',
  'test/plugins/app/identity/',
  'test/plugins/app/live-values/',
  'test/plugins/app/metadata/',
  'test/plugins/app/moderation/',
  'test/plugins/app/operations/',
  'test/plugins/app/privacy/',
  'test/plugins/app/recordings/',
  'test/plugins/app/replays/',
  'test/plugins/app/shows/',
  'test/plugins/app/songs/',
  'test/plugins/app/spotify/',
  'test/plugins/app/transcripts/',
  'test/realtime/',
  'test/routes/',
  'test/songs/',
  'test/web/'
]
/** Files and folders in these that need processes of their own, or data that is not in the project. */
const aloneInProcess = [
  'plugins/embedded/test/specifications.test.ts',
  'test/plugins/app/http/slow-bodies.test.ts',
  'test/realtime/cluster/',
  'test/realtime/comments-outage.test.ts',
  'test/realtime/drain',
  'test/realtime/programs/',
  'test/realtime/removal-without-store.test.ts',
  'test/songs/chained.test.ts',
  'test/songs/changed-songs.test.ts',
  'test/songs/full-disk.test.ts',
  'test/songs/limits.test.ts',
  'test/songs/network-isolation.test.ts',
  'test/songs/restarts'
]
const maxFiles = 8

/** Test files of one process, and a name for them. */
export interface Batch {
  readonly name: string
  readonly files: readonly string[]
}

/** Splits test files into batches, which share a process, and files that run alone. */
export function batchesOf(files: readonly string[]): { batches: Batch[]; alone: string[] } {
  const folderOf = (file: string) =>
    aloneInProcess.some(path => file.startsWith(path)) ? undefined : sharingFolders.find(path => file.startsWith(path))
  const groups = Map.groupBy(files, folderOf)
  const alone = groups.get(undefined) ?? []
  groups.delete(undefined)
  const batches = [...groups].flatMap(([folder = '', inFolder]) =>
    Array.from({ length: Math.ceil(inFolder.length / maxFiles) }, (_, n) => ({
      name: `${folder} ${n + 1}`,
      files: inFolder.slice(n * maxFiles, (n + 1) * maxFiles)
    }))
  )
  return { batches, alone }
}
