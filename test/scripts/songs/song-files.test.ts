import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import t from 'tap'
import { CodedError } from '../../../contract/errors.ts'
import type { ObjectStorage } from '../../../plugins/external/storage/object-storage.ts'
import { importFiles, type ImportOptions } from '../../../scripts/songs/import.ts'
import { findSongFiles, type SongFile } from '../../../scripts/songs/song-files.ts'

const folder = await mkdtemp(join(tmpdir(), 'ambient-song-files-'))
t.teardown(async () => await rm(folder, { recursive: true, force: true }))

/** Runs a task as a user without rights: root may read everything. */
async function withoutRights<T>(task: () => Promise<T>): Promise<T> {
  const user = process.geteuid!()
  if (user === 0) process.seteuid!(65_534)
  try {
    return await task()
  } finally {
    if (user === 0) process.seteuid!(user)
  }
}

t.test('an unreadable folder is named, and all others are searched', async t => {
  await chmod(folder, 0o755)
  for (const name of ['a', 'lost+found', 'z']) {
    await mkdir(join(folder, name))
    await writeFile(join(folder, name, 'song.mp3'), 'sound')
  }
  await chmod(join(folder, 'lost+found'), 0)
  const { files, unreadable } = await withoutRights(
    async () => await findSongFiles(folder, {} as unknown as ObjectStorage)
  )
  t.same(
    files.map(({ path, sizeBytes }) => ({ path, sizeBytes })),
    ['a/song.mp3', 'z/song.mp3'].map(path => ({ path, sizeBytes: 5 }))
  )
  t.match(unreadable, [{ path: 'lost+found', reason: /EACCES/ }])
  await t.rejects(withoutRights(async () => await findSongFiles(join(folder, 'lost+found'), {} as never)))
})

/** Imports files into songs that read all bytes, as the storage does. */
async function importAll(files: SongFile[], fail: (path: string) => Error | null = () => null) {
  const stored: string[] = []
  const options: ImportOptions = {
    songs: {
      isImported: async () => false,
      async add({ fileName }, source) {
        try {
          await buffer(source)
        } catch {
          throw new Error('the storage has an error of its own')
        }
        const error = fail(fileName)
        if (error) throw error
        stored.push(fileName)
        return { id: fileName } as Awaited<ReturnType<ImportOptions['songs']['add']>>
      }
    },
    ownerId: 'owner',
    files,
    onFile() {},
    onSong() {},
    isStopped: () => false
  }
  return { stored, result: await importFiles(options) }
}

const readable = (path: string): SongFile => ({
  path,
  sizeBytes: 1,
  async open() {
    return Readable.from([Buffer.from('x')])
  }
})
const unreadable = (path: string, atOpen: boolean): SongFile => ({
  path,
  sizeBytes: 1,
  async open() {
    if (atOpen) throw new Error('EACCES: permission denied')
    return new Readable({
      read() {
        this.destroy(new Error('EIO: i/o error, read'))
      }
    })
  }
})

t.test('a file that cannot be read is named, and the import goes on', async t => {
  const { stored, result } = await importAll([
    unreadable('a.mp3', true),
    readable('b.mp3'),
    unreadable('c.mp3', false),
    readable('d.mp3')
  ])
  t.same(stored, ['b.mp3', 'd.mp3'])
  t.match(result, {
    imported: 2,
    unreadable: [
      { path: 'a.mp3', reason: 'EACCES: permission denied' },
      { path: 'c.mp3', reason: 'EIO: i/o error, read' }
    ]
  })
})

t.test('an error of the storage ends the import: it would hit every file', async t => {
  const full = new CodedError('UNAVAILABLE', 'The disk is full.')
  await t.rejects(
    importAll([readable('a.mp3'), readable('b.mp3')], () => full),
    { code: 'UNAVAILABLE' }
  )
})
