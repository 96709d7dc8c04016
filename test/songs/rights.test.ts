import t from 'tap'
import type { Song } from '../../contract/songs.ts'
import { startApp } from '../realtime/real-app.ts'
import { signIn } from '../users.ts'
import { makeFile } from './files.ts'
import { settled, uploaded } from './uploads.ts'

const { app, url } = await startApp(t)
const owner = await signIn(url, 'Owner')
const other = await signIn(url, 'Other')
const file = await makeFile('a.ogg', ['-c:a', 'libopus', '-b:a', '32k'])
const { id: songId } = await settled(owner, (await uploaded(url, owner, file, 'A.ogg')).id)
const patch = async (body: object) => await owner.rest<Song>('PATCH', `/v1/songs/${songId}`, body)
const rights = async () => Object.fromEntries(await app.songs.rightsOf([songId, songId, 'unknown']))

t.test('rights are off until the owner gives them, one by one', async t => {
  t.notHas(await owner.rest<Song>('GET', `/v1/songs/${songId}`), { mayReplay: true })
  t.same(await rights(), { [songId]: { mayReplay: false, mayStream: false, ownerId: owner.id } })
  t.match(await patch({ mayReplay: true }), { mayReplay: true, mayStream: undefined })
  t.same(await rights(), { [songId]: { mayReplay: true, mayStream: false, ownerId: owner.id } })
  t.match(await patch({ title: 'B', mayStream: true }), { title: 'B', mayReplay: true, mayStream: true })
  t.match(await patch({ mayReplay: false }), { title: 'B', mayReplay: false, mayStream: true })
  t.same(await rights(), { [songId]: { mayReplay: false, mayStream: true, ownerId: owner.id } })
  t.same(await app.songs.rightsOf([]), new Map())
})

t.test('only the owner gives rights, and only true or false', async t => {
  await t.rejects(other.rest('PATCH', `/v1/songs/${songId}`, { mayReplay: true }), /404/)
  for (const mayReplay of ['yes', null, 1]) await t.rejects(patch({ mayReplay }), /400/, String(mayReplay))
  t.match(await rights(), { [songId]: { mayReplay: false } })
})

t.test('a change of rights is told to listeners, who may fail and are told again', async t => {
  const told: [string, boolean | undefined][] = []
  let isFailing = true
  app.songs.onChanged(async id => {
    told.push([id, (await app.songs.rightsOf([id])).get(id)?.mayReplay])
    if (isFailing) throw new Error('the listener failed')
  })
  t.match(await patch({ mayReplay: true }), { mayReplay: true })
  isFailing = false
  await app.songs.tellLeftChanges()
  t.same(told, [
    [songId, true],
    [songId, true]
  ])
})

t.test('the rights are in the export of the owner', async t => {
  const exported = []
  for await (const record of app.songs.personalData.export(owner.id)) exported.push(record)
  t.match(exported, [{ id: songId, mayReplay: true, mayStream: true }])
})

t.test('a deleted song has no rights', async t => {
  await owner.rest('DELETE', `/v1/songs/${songId}`)
  t.same(await rights(), {})
})
