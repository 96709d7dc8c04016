import t from 'tap'
import type { SongMetadataUpdate } from '../../client/index.ts'
import { createTestClient, joinRoom } from './test-client.ts'

t.test('requests about metadata use the paths of the contract', async t => {
  const requests: unknown[] = []
  const { ambient } = await createTestClient(t, {
    async fetch(input, init) {
      const { pathname, search } = new URL(String(input))
      if (!/^\/v1\/(songs|artists)/.test(pathname)) return await fetch(input, init)
      requests.push([`${init?.method} ${pathname}${search}`, init?.body ? JSON.parse(String(init.body)) : null])
      return Response.json({})
    }
  })
  await ambient.metadata.list({ limit: 5, cursor: 'c1' })
  await ambient.metadata.get('s1')
  await ambient.metadata.accept('s1', 'p1')
  await ambient.metadata.accept('s1', 'p1', ['artist', 'year'])
  await ambient.metadata.reject('s1', 'p1')
  await ambient.metadata.artist('a1')
  await ambient.songs.patch('s1', { title: 'Tide', album: null })
  t.same(requests, [
    ['GET /v1/songs/proposals?limit=5&cursor=c1', null],
    ['GET /v1/songs/s1/metadata', null],
    ['POST /v1/songs/s1/metadata/accept', { proposalId: 'p1' }],
    ['POST /v1/songs/s1/metadata/accept', { proposalId: 'p1', fields: ['artist', 'year'] }],
    ['POST /v1/songs/s1/metadata/reject', { proposalId: 'p1' }],
    ['GET /v1/artists/a1', null],
    ['PATCH /v1/songs/s1', { title: 'Tide', album: null }]
  ])
})

t.test('changes of proposals arrive outside of shows, and over the connection of a show', async t => {
  const client = await createTestClient(t)
  const { ambient, server } = client
  const updates: SongMetadataUpdate[] = []
  let arrived = Promise.withResolvers<void>()
  let missedCount = 0
  const stop = ambient.metadata.onChange(
    update => {
      updates.push(update)
      arrived.resolve()
    },
    () => missedCount++
  )
  await server.waitForSocketCount(1)
  server.emit('song:metadata', { songId: 's1', proposals: 2 })
  await arrived.promise
  t.same(updates, [{ songId: 's1', proposals: 2 }])
  t.equal(missedCount, 1, 'a connection was opened')

  arrived = Promise.withResolvers()
  const room = await joinRoom(t, client)
  server.emit('song:metadata', { songId: 's1', proposals: 0 })
  await arrived.promise
  t.same(updates.at(-1), { songId: 's1', proposals: 0 })
  t.equal(missedCount, 2)
  stop()
  await room.leave()
  await server.waitForSocketCount(0)
})
