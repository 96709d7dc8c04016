import { readdir, readFile } from 'node:fs/promises'
import t from 'tap'
import { isSongFile, songExtensions, songFileTypes } from '../../../contract/song-files.ts'
import { findDroppedFiles } from '../../../web/src/library/dropped-files.ts'
import { checkFile } from '../../../web/src/library/upload-errors.ts'

const file = (name: string, type = '') => new File(['x'], name, { type })
const fileEntry = (name: string, type?: string) =>
  ({
    name,
    isFile: true,
    file: (resolve: (found: File) => void) => resolve(file(name, type))
  }) as unknown as FileSystemEntry
const unreadableFile = (name: string) =>
  ({
    name,
    isFile: true,
    file: (_: unknown, reject: (error: Error) => void) => reject(new Error('NotReadableError'))
  }) as unknown as FileSystemEntry

/** A folder whose reader returns one entry at a time, as it may, and then fails or ends. */
const folder = (name: string, entries: FileSystemEntry[], fails = false) =>
  ({
    name,
    isDirectory: true,
    createReader: () => {
      const left = [...entries]
      return {
        readEntries(resolve: (batch: FileSystemEntry[]) => void, reject: (error: Error) => void) {
          if (left.length === 0 && fails) reject(new Error('NotFoundError'))
          else resolve(left.splice(0, 1))
        }
      }
    }
  }) as unknown as FileSystemEntry
const dropped = (entry: FileSystemEntry) => ({ entry, file: null })

t.test('a folder gives the same files in every browser, with or without types', async t => {
  const names = ['a.mp3', 'b.WEBM', 'c.m4b', 'd.opus', 'e.mov', 'f.amr']
  const firefox = folder(
    'Music',
    [...names, 'cover.jpg', 'list.m3u', 'notes.txt'].map(name => fileEntry(name))
  )
  const chromium = folder('Music', [
    fileEntry('a.mp3', 'audio/mpeg'),
    fileEntry('b.WEBM', 'video/webm'),
    fileEntry('c.m4b'),
    fileEntry('d.opus', 'audio/ogg'),
    fileEntry('e.mov', 'video/quicktime'),
    fileEntry('f.amr'),
    fileEntry('cover.jpg', 'image/jpeg'),
    fileEntry('list.m3u', 'audio/x-mpegurl'),
    fileEntry('notes.txt', 'text/plain')
  ])
  for (const root of [firefox, chromium]) {
    const { files } = await findDroppedFiles([dropped(root)])
    t.same(
      files.map(({ name }) => name),
      names
    )
  }
})

t.test('drop, picker and folder have one rule', async t => {
  for (const extension of songExtensions) {
    t.ok(songFileTypes.includes(`.${extension}`), extension)
    t.equal(checkFile(file(`a.${extension.toUpperCase()}`), null), null, extension)
    t.ok(isSongFile({ name: `a.${extension}` }), extension)
  }
  for (const [name, type] of [
    ['a', 'audio/x-something'],
    ['a.mp3', 'text/plain']
  ] as const) {
    t.equal(checkFile(file(name, type), null), null, name)
  }
  for (const [name, type] of [
    ['a.txt', 'text/plain'],
    ['mp3', ''],
    ['list.pls', 'audio/x-scpls'],
    ['tune.mid', 'audio/midi']
  ] as const) {
    t.match(checkFile(file(name, type), null), { isRetryable: false }, name)
    t.notOk(isSongFile({ name, type }), name)
  }
})

t.test('every picker of audio files has this rule', async t => {
  const folder = new URL('../../../web/src/', import.meta.url)
  const paths = (await readdir(folder, { recursive: true })).filter(path => path.endsWith('.tsx'))
  const sources = await Promise.all(paths.map(async path => [path, await readFile(new URL(path, folder), 'utf8')]))
  const pickers = sources.filter(([, source = '']) => /type='file'|<FileTrigger/.test(source))
  const withRule = pickers.filter(([, source = '']) => source.includes('songFileTypes')).map(([path]) => path)
  t.same(withRule.sort(), ['library/upload-button.tsx', 'microphone/source-picker.tsx'])
  t.same(
    pickers.map(([path]) => path).filter(path => !withRule.includes(path)),
    ['ui/picture-editor.tsx'],
    'the other picker is for pictures'
  )
})

t.test('what cannot be read is named, and all others are found', async t => {
  const root = folder('Music', [
    unreadableFile('a.mp3'),
    folder('Locked', [fileEntry('b.mp3')], true),
    unreadableFile('cover.jpg'),
    folder('Deep', [folder('Deeper', [fileEntry('c.mp3')])])
  ])
  const { files, unreadable, withoutSongs } = await findDroppedFiles([
    dropped(root),
    dropped(folder('Pictures', [fileEntry('cover.jpg')])),
    { entry: fileEntry('d.txt'), file: file('d.txt') },
    { entry: null, file: file('e.flac') }
  ])
  t.same(
    files.map(({ name }) => name),
    ['b.mp3', 'c.mp3', 'd.txt', 'e.flac'],
    'a file that was dropped itself is shown with its error'
  )
  t.same(unreadable, ['a.mp3', 'Locked'])
  t.same(withoutSongs, ['Pictures'])
})
