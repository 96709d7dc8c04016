import { join } from 'node:path'
import t from 'tap'
import type { Comment } from '../../../contract/comments.ts'
import type { Page } from '../../../contract/paging.ts'
import type { Show } from '../../../contract/shows.ts'
import type { User } from '../../../contract/users.ts'
import { goLive, type TestUser } from '../../users.ts'
import { startServer } from '../../server-process.ts'
import { makeFile } from '../../songs/files.ts'
import { settled, uploaded } from '../../songs/uploads.ts'
import { run, scratchFolder } from './homes.ts'

/** The same person at another server that has their data. */
async function heard(url: string, { token }: TestUser, path: string): Promise<Buffer> {
  const response = await fetch(url + path, { headers: { authorization: `Bearer ${token}` } })
  t.ok(response.ok, `${path} answers ${response.status}`)
  return Buffer.from(await response.arrayBuffer())
}

t.test(
  'what a running server is backed up from is a server again elsewhere: people stay signed in, and the show goes on',
  async t => {
    const [DATA_DIR, elsewhere] = [await scratchFolder(t), await scratchFolder(t)]
    // Where CI gives a MongoDB, the server is on it; the drill is the same.
    const server = await startServer({ MEDIA_WORKERS: '1', DATA_DIR })
    t.teardown(async () => await server.close())
    const { creator, client, showId } = await goLive(server.url, 'A show to keep')
    const { comment } = await client.request('comment:send', { clientId: 'one', text: 'Keep this' })
    const { id: songId } = await settled(
      creator,
      (await uploaded(server.url, creator, await makeFile('a.flac', [], 'sine=duration=2'))).id
    )
    const song = await heard(server.url, creator, `/v1/songs/${songId}/audio`)

    const folder = join(await scratchFolder(t), 'backup')
    const { MONGODB_URL } = server.env
    const settings = { DATA_DIR, ...(MONGODB_URL !== undefined && { MONGODB_URL }) }
    t.match(
      await run('backup', settings, folder, '--live', '--with-keys'),
      { code: 0, complained: '' },
      'made while the show is live'
    )
    await creator.rest('PATCH', `/v1/shows/${showId}`, { title: 'Changed since' })
    t.equal(await server.stop(), 0)

    const target = { DATA_DIR: elsewhere, STORAGE_URL: 'gridfs:' }
    t.match(await run('restore', target, folder), { code: 0, complained: '' })
    const second = await startServer({ MEDIA_WORKERS: '1', ...target, MONGODB_URL: '' })
    t.teardown(async () => await second.close())
    const { url } = second
    const json = async <T>(path: string): Promise<T> => JSON.parse(String(await heard(url, creator, path)))
    t.equal((await json<User>('/v1/users/me')).id, creator.id)
    t.match(await json<Show>(`/v1/shows/${showId}`), { title: 'A show to keep', status: 'interrupted' })
    t.same(
      (await json<Page<Comment>>(`/v1/shows/${showId}/comments`)).items.map(({ id, text }) => [id, text]),
      [[comment.id, 'Keep this']]
    )
    t.ok(song.equals(await heard(url, creator, `/v1/songs/${songId}/audio`)), 'the song is the same, byte by byte')
  }
)
