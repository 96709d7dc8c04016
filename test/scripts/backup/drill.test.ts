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
import { runScript } from '../run-command.ts'
import { temporaryFolder } from './test-data.ts'

/** Downloads a path as the user. */
async function download(url: string, { token }: TestUser, path: string): Promise<Buffer> {
  const response = await fetch(url + path, { headers: { authorization: `Bearer ${token}` } })
  t.ok(response.ok, `${path} answers ${response.status}`)
  return Buffer.from(await response.arrayBuffer())
}

t.test(
  'a backup of a running server restores to another server: users stay signed in, and the show continues',
  async t => {
    const [DATA_DIR, otherDir] = [await temporaryFolder(t), await temporaryFolder(t)]
    // With TEST_STORE_URL the server uses that MongoDB.
    const server = await startServer({ MEDIA_WORKERS: '1', DATA_DIR })
    t.teardown(async () => await server.close())
    const { creator, client, showId } = await goLive(server.url, 'A show to restore')
    const { comment } = await client.request('comment:send', { clientId: 'one', text: 'Restore this' })
    const { id: songId } = await settled(
      creator,
      (await uploaded(server.url, creator, await makeFile('a.flac', [], 'sine=duration=2'))).id
    )
    const song = await download(server.url, creator, `/v1/songs/${songId}/audio`)

    const folder = join(await temporaryFolder(t), 'backup')
    const { MONGODB_URL } = server.env
    const settings = { DATA_DIR, ...(MONGODB_URL !== undefined && { MONGODB_URL }) }
    t.match(
      await runScript('backup.ts', [folder, '--live', '--with-keys'], settings),
      { code: 0, errors: '' },
      'the backup is made while the show is live'
    )
    await creator.rest('PATCH', `/v1/shows/${showId}`, { title: 'Changed after the backup' })
    t.equal(await server.stop(), 0)

    const target = { DATA_DIR: otherDir, STORAGE_URL: 'gridfs:' }
    t.match(await runScript('restore.ts', [folder], target), { code: 0, errors: '' })
    const second = await startServer({ MEDIA_WORKERS: '1', ...target, MONGODB_URL: '' })
    t.teardown(async () => await second.close())
    const { url } = second
    const json = async <T>(path: string): Promise<T> => JSON.parse(String(await download(url, creator, path)))
    t.equal((await json<User>('/v1/users/me')).id, creator.id)
    t.match(await json<Show>(`/v1/shows/${showId}`), { title: 'A show to restore', status: 'interrupted' })
    t.same(
      (await json<Page<Comment>>(`/v1/shows/${showId}/comments`)).items.map(({ id, text }) => [id, text]),
      [[comment.id, 'Restore this']]
    )
    t.ok(song.equals(await download(url, creator, `/v1/songs/${songId}/audio`)), 'the song has the same bytes')
  }
)
