import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { ShowRoom } from '../../../client/index.ts'
import { signInPerson } from '../../../scripts/demo/cast.ts'
import { joined, playSongs } from '../../../scripts/demo/shows.ts'
import { startWithFlags } from '../start/start-process.ts'

const server = await startWithFlags([])
t.teardown(async () => await server.close())
const folder = t.testdir()
const person = await signInPerson({ url: server.url, folder }, 'Host', 'host')

/** Starts a show and joins it, without a voice. */
async function openShow(): Promise<ShowRoom> {
  const { id } = await person.ambient.shows.create({ title: 'A show' })
  await person.ambient.shows.start(id)
  return person.ambient.joinShow(id)
}

t.test('a person of the demo does not wait for a room that closes', async t => {
  await t.rejects(joined(person.ambient.joinShow('none')), /the room is closed: refused/)
  const room = await openShow()
  await joined(room)
  await room.leave()
  await t.rejects(joined(room), /the room is closed: left/)
  await person.ambient.shows.end(room.showId)
})

t.test('a song that could not be processed is not in the playlist', async t => {
  const room = await openShow()
  t.teardown(async () => await room.leave())
  const file = join(folder, 'Broken.wav')
  await writeFile(file, Buffer.concat([Buffer.from('RIFF\x24\x08\0\0WAVE'), Buffer.alloc(2000, 7)]))
  async function* files() {
    yield file
  }
  await playSongs(person, room, files())
  t.match((await person.ambient.songs.list({})).items, [{ title: 'Broken', status: 'failed' }])
  t.same((await person.ambient.playlists.get(room.showId)).items, [])
})
