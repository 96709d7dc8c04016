import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import t from 'tap'
import { songsOfComposer } from '../../../scripts/demo/composer.ts'
import { playSongs } from '../../../scripts/demo/shows.ts'
import { standIn } from '../../realtime/live/stand-in.ts'

const folder = await mkdtemp(join(tmpdir(), 'ambient-demo-songs-'))
t.teardown(async () => await rm(folder, { recursive: true, force: true }))

t.test('songs are composed beside the voices, each one once', async t => {
  const names: string[] = []
  for await (const file of songsOfComposer(folder)) names.push(basename(file))
  t.same(names, ['Morning lights.wav', 'Night train.wav', 'Slow rain.wav'])
  const again: string[] = []
  for await (const file of songsOfComposer(folder)) again.push(basename(file))
  t.same(again, names, 'and found again')
})

t.test('all songs are uploaded before the first one is processed, and that one plays first', async t => {
  const acts: string[] = []
  const isProcessed = Promise.withResolvers<void>()
  const room = { connection: 'live', closed: null, room: { playback: { status: 'stopped' } } }
  const ambient = {
    songs: {
      list: async () => ({ items: [] }),
      upload: async (_file: Blob, { name }: { name: string }) => {
        acts.push(`upload ${name}`)
        return { id: name }
      },
      async get() {
        await isProcessed.promise
        return { status: 'ready' }
      }
    },
    playlists: {
      get: async () => ({ version: 1, items: [] }),
      put: async (_showId: string, { items }: { items: { songId: string }[] }) => {
        acts.push(`add ${items.at(-1)?.songId}`)
      }
    }
  }
  async function* files() {
    for (const name of ['a.wav', 'b.wav', 'c.wav']) {
      const file = join(folder, name)
      await writeFile(file, name)
      yield file
    }
  }
  await playSongs(
    standIn({ ambient }),
    standIn({
      showId: 'show',
      view: room,
      subscribe: () => () => {},
      async play() {
        acts.push('play')
        room.room.playback.status = 'playing'
      }
    }),
    files(),
    () => {
      acts.push('all uploaded')
      isProcessed.resolve()
    }
  )
  t.same(acts, [
    ...['upload a.wav', 'upload b.wav', 'upload c.wav', 'all uploaded'],
    ...['add a.wav', 'play', 'add b.wav', 'add c.wav']
  ])
})
