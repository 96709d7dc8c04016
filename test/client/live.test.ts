import t from 'tap'
import { CodedError, type LiveUpdate } from '../../client/index.ts'
import { createTestClient, flushEvents, joinRoom, waitForView, type TestClient } from './test-client.ts'

/** Resolves with the next live values. */
async function nextLive({ ambient }: TestClient): Promise<LiveUpdate | null> {
  return await new Promise(resolve => {
    const stop = ambient.live.subscribe(() => {
      resolve(ambient.live.value)
      setImmediate(stop)
    })
  })
}

const toldSongs = ({ server }: TestClient) =>
  server.commands.filter(({ event }) => event === 'player:state').map(({ payload }) => payload)

t.test('live values arrive outside of shows while somebody subscribes, and over the connection of a show', async t => {
  const client = await createTestClient(t)
  const { ambient, server } = client
  t.equal(ambient.live.value, null)
  t.equal(server.socketCount, 0)
  const next = nextLive(client)
  const stop = ambient.live.subscribe(() => {})
  await server.waitForSocketCount(1)
  const outside = { usersConnected: 3, usersOnSong: null }
  server.emit('live', outside)
  t.same(await next, outside)
  stop()
  await server.waitForSocketCount(0)
  t.equal(ambient.live.value, null, 'not known without a connection')

  const room = await joinRoom(t, client)
  const inShow = { usersConnected: 4, usersOnSong: { songId: 'song', users: 2 } }
  server.emit('live', inShow)
  await flushEvents(server, room)
  t.same(ambient.live.value, inShow)
  const { value } = ambient.live
  t.equal(ambient.live.value, value, 'the same object until it changes')
  t.equal(server.socketCount, 1)
  await room.leave()
  t.equal(ambient.live.value, null)
})

t.test('the song that a user plays is told on every connection until it is paused', async t => {
  const client = await createTestClient(t)
  const { ambient, server } = client
  const told = server.waitForCommand('player:state')
  await ambient.playerState('song', 'playing')
  t.same(await told, { songId: 'song', state: 'playing' }, 'as soon as it is connected')
  const toldAgain = server.waitForCommand('player:state')
  const room = await joinRoom(t, client)
  t.same(await toldAgain, { songId: 'song', state: 'playing' }, 'over the connection of the show too')
  await ambient.playerState('song', 'paused')
  t.same(toldSongs(client).at(-1), { songId: 'song', state: 'paused' })
  await room.leave()
  await server.waitForSocketCount(0)
  t.equal(toldSongs(client).length, 3, 'nothing needs a connection any more')
})

t.test('a late pause of the song before does not end the next one', async t => {
  const client = await createTestClient(t)
  const { ambient, server } = client
  const told = server.waitForCommand('player:state')
  await ambient.playerState('first', 'playing')
  await told
  await ambient.playerState('next', 'playing')
  await ambient.playerState('first', 'paused')
  const toldAgain = server.waitForCommand('player:state')
  await joinRoom(t, client)
  t.same(await toldAgain, { songId: 'next', state: 'playing' }, 'told on the next connection')
})

t.test('a song that the server refuses is not told again', async t => {
  const client = await createTestClient(t)
  const { ambient, server } = client
  const room = await joinRoom(t, client)
  server.handlers['player:state'] = () => {
    throw new CodedError('NOT_FOUND', 'There is no such song.')
  }
  await t.rejects(ambient.playerState('foreign', 'playing'), { code: 'NOT_FOUND' })
  t.equal(toldSongs(client).length, 1)
  const [timer, joined] = [client.clock.waitForTimer(250), server.waitForCommand('show:join')]
  server.disconnectAll()
  await timer
  client.clock.advance(250)
  await joined
  await waitForView(room, ({ connection }) => connection === 'live')
  server.handlers['player:state'] = () => ({})
  await ambient.playerState('own', 'playing')
  t.same(toldSongs(client), [
    { songId: 'foreign', state: 'playing' },
    { songId: 'own', state: 'playing' }
  ])
})
