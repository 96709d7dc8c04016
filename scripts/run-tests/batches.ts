/** Folders whose test files share a process with others in `npm test`: nothing in them changes the process itself. */
const sharingFolders = [
  'plugins/embedded/test/',
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
  'test/realtime/audio/',
  'test/realtime/delivery/',
  'test/realtime/live/',
  'test/realtime/room/',
  'test/realtime/rooms/',
  'test/realtime/sockets/',
  'test/routes/',
  'test/web/'
]
/** Files in these folders that need a process of their own, or data that is not in the project. */
const aloneInProcess = ['plugins/embedded/test/specifications.test.ts', 'test/plugins/app/http/slow-bodies.test.ts']
const maxFiles = 8

/** Test files of one process, and a name for them. */
export interface Batch {
  readonly name: string
  readonly files: readonly string[]
}

/** Splits test files into batches, which share a process, and files that run alone. */
export function batchesOf(files: readonly string[]): { batches: Batch[]; alone: string[] } {
  const folderOf = (file: string) =>
    aloneInProcess.includes(file) ? undefined : sharingFolders.find(folder => file.startsWith(folder))
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
