import t from 'tap'
import type { Show } from '../../contract/shows.ts'
import { startServer } from '../server-process.ts'
import { signIn } from '../users.ts'

const server = await startServer({ MEDIA_WORKERS: '1' })
t.teardown(async () => await server.close())

t.test('after a crash people meet backstage again, and nobody else comes in until the start', async t => {
  const [creator, guest, stranger] = await Promise.all(
    ['Creator', 'Guest', 'Stranger'].map(async name => await signIn(server.url, name))
  )
  const { id: showId } = await creator!.rest<Show>('POST', '/v1/shows', { title: 'Planned' })
  await creator!.rest('PUT', `/v1/shows/${showId}/backstage/${guest!.id}`, { role: 'cohost' })
  await (await creator!.connect()).request('show:join', { showId, backstage: true })
  await (await guest!.connect()).request('show:join', { showId, backstage: true })

  await server.stop('SIGKILL')
  await server.restart()
  t.match(await stranger!.rest('GET', `/v1/shows/${showId}`), { status: 'scheduled' })
  const outside = await stranger!.connect()
  t.equal(await outside.requestError('show:join', { showId }), 'SHOW_NOT_LIVE')
  const back = await guest!.connect()
  const { snapshot } = await back.request('show:join', { showId, backstage: true })
  t.match(snapshot, { status: 'scheduled', me: { role: 'cohost', speak: 'granted' } })
  t.equal(await outside.requestError('show:join', { showId, backstage: true }), 'SHOW_NOT_LIVE')

  t.match(await creator!.rest('POST', `/v1/shows/${showId}/start`), { status: 'live' })
  t.match(await outside.join(showId), { status: 'live', cohostIds: [guest!.id] })
  await t.rejects(creator!.rest('POST', `/v1/shows/${showId}/start`), /CONFLICT/)

  await server.stop('SIGKILL')
  await server.restart()
  const again = await guest!.connect()
  const restored = await again.join(showId)
  t.match(restored, { cohostIds: [guest!.id], me: { role: 'cohost' } }, 'the log has the role and the place')
  t.ok(restored.stage.some(({ userId }) => userId === guest!.id))
})
