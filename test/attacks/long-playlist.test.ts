import t from 'tap'
import type { Playlist } from '../../contract/playlist.ts'
import { goLive } from '../users.ts'
import { startApp } from '../realtime/real-app.ts'
import { makeFile } from '../songs/files.ts'
import { settled, uploaded } from '../songs/uploads.ts'

t.test('a playlist of 500 songs causes no more requests to the store than one of a single song', async t => {
  const { app, url } = await startApp(t)
  const { creator, showId } = await goLive(url)
  const { id: songId } = await settled(
    creator,
    (await uploaded(url, creator, await makeFile('a.ogg', ['-c:a', 'libopus'], 'sine=duration=1'))).id
  )
  const calls: string[] = []
  for (const name of ['findItems', 'get'] as const) {
    const method = app.songs[name] as (...args: unknown[]) => Promise<never>
    Object.assign(app.songs, {
      [name]: async (...args: unknown[]) => {
        calls.push(name)
        return await method(...args)
      }
    })
  }
  const { items } = await creator.rest<Playlist>('PUT', `/v1/shows/${showId}/playlist`, {
    version: 0,
    items: Array.from({ length: 500 }, () => ({ kind: 'song', songId }))
  })
  t.equal(new Set(items.map(({ id }) => id)).size, 500, 'every item has an id of its own')
  t.same(calls, ['findItems', 'findItems'], 'once before the list is stored, and once after')
})
