import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import t from 'tap'
import { createAmbient } from '../../client/index.ts'
import type { Comment } from '../../contract/comments.ts'
import type { Page } from '../../contract/paging.ts'
import type { Playlist } from '../../contract/playlist.ts'
import type { Show } from '../../contract/shows.ts'
import { createFakeWebRtc } from '../client/fake-audio.ts'
import { waitForView } from '../client/test-client.ts'
import { joinShow, goLive, signIn, type ShowClient, type TestUser } from '../users.ts'
import { startServer } from '../server-process.ts'

/** Does it over and over until it fails, as it must when the server is gone; resolves with what was answered. */
async function keepOn<T>(act: (n: number) => Promise<T | null>): Promise<T[]> {
  const answered: T[] = []
  for (let n = 0; ; n++) {
    const answer = await act(n).catch(() => null)
    if (answer === null) return answered
    answered.push(answer)
  }
}

/** Without a connection nothing is sent, and nothing is kept for later. */
async function unlessGone<T>({ socket }: ShowClient, act: () => Promise<T>): Promise<T | null> {
  const gone = new Promise<null>(resolve => {
    socket.once('disconnect', () => resolve(null))
  })
  return socket.connected ? await Promise.race([act(), gone]) : null
}

async function allComments(somebody: TestUser, showId: string): Promise<Comment[]> {
  const found: Comment[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const page: Page<Comment> = await somebody.rest(
      'GET',
      `/v1/shows/${showId}/comments?limit=100${cursor && `&cursor=${cursor}`}`
    )
    found.push(...page.items)
    cursor = page.nextCursor
  }
  return found
}

t.test(
  'nothing that was answered is lost when the server is told to stop, and everybody comes back by themselves',
  async t => {
    const server = await startServer({
      MEDIA_WORKERS: '1',
      LIMIT_COMMENTS_PER_10S: '1000000',
      LIMIT_EVENTS_PER_10S: '1000000'
    })
    t.teardown(async () => await server.close())
    const { url } = server
    const { creator, client, showId } = await goLive(url)
    const listeners = await Promise.all(
      Array.from({ length: 6 }, async (_, n) => await joinShow(url, showId, `Listener ${n}`))
    )
    const cohost = listeners[0]!.user

    const ambient = createAmbient({ url, handlerFactory: createFakeWebRtc().handlerFactory })
    await ambient.account.signIn('With the SDK')
    const room = ambient.joinShow(showId)
    t.teardown(async () => await room.leave())
    await waitForView(room, ({ connection }) => connection === 'live')

    const told = Promise.all(
      [client, ...listeners.map(({ client }) => client)].map(
        async each => (await each.nextMessage('session:drain')).reconnectAfterMs
      )
    )
    const commenting = listeners.map(({ client }, who) =>
      keepOn(
        async n =>
          await unlessGone(
            client,
            async () => (await client.request('comment:send', { clientId: `${n}`, text: `${n} of ${who}` })).comment.id
          )
      )
    )
    const naming = keepOn(
      async n =>
        await unlessGone(
          client,
          async () => await client.request('cohost:set', { userId: cohost.id, cohost: n % 2 === 0 })
        )
    )
    const retitling = keepOn(
      async n => (await creator.rest<Show>('PATCH', `/v1/shows/${showId}`, { title: `Title ${n}` })).version
    )
    const listing = keepOn(
      async n =>
        (await creator.rest<Playlist>('PUT', `/v1/shows/${showId}/playlist`, { version: n, items: [] })).version
    )
    await Promise.all(listeners.map(async ({ client }) => await client.nextMessage('comments')))

    const exitCode = server.stop('SIGTERM')
    const waits = await told
    const [comments, namings, titles, playlists] = await Promise.all([
      Promise.all(commenting),
      naming,
      retitling,
      listing
    ])
    t.equal(await exitCode, 0, 'it stopped in order')
    t.equal(waits[0], 1000, 'the creator is to come back first')
    t.ok(new Set(waits).size > 2, `each at a time of their own: ${waits.join(', ')}`)
    t.equal(room.view.connection, 'reconnecting')

    await server.restart()
    const stored = new Set((await allComments(creator, showId)).map(({ id }) => id))
    const acknowledged = comments.flat()
    t.ok(acknowledged.length > 6, `${acknowledged.length} comments were answered`)
    t.same(
      acknowledged.filter(id => !stored.has(id)),
      [],
      'each is there'
    )
    const show = await creator.rest<Show>('GET', `/v1/shows/${showId}`)
    t.equal(show.status, 'interrupted')
    t.ok(titles.length > 0 && show.version >= titles.at(-1)!, `${titles.length} titles`)
    const playlist = await creator.rest<Playlist>('GET', `/v1/shows/${showId}/playlist`)
    t.ok(playlists.length > 0 && playlist.version >= playlists.at(-1)!, `${playlists.length} playlists`)

    const back = await waitForView(room, ({ connection }) => connection === 'live')
    t.equal(back.room?.status, 'interrupted', 'the SDK came back by itself, to a show without its creator')
    const again = await creator.connect()
    const snapshot = await again.join(showId)
    t.ok(
      snapshot.version > Math.max(...client.roomEvents.map(({ version }) => version)),
      'no event that was told is missing'
    )
    // One more may have been under way when the connection was closed.
    const lastAsked = namings.length % 2 === 1
    t.ok(namings.length > 0)
    t.ok(
      snapshot.cohostIds.includes(cohost.id) === lastAsked ||
        client.roomEvents.filter(({ event }) => event.type === 'cohost:changed').length >= namings.length,
      'who is a co-host is as it was answered'
    )
    await waitForView(room, ({ room }) => room?.status === 'live')
    t.equal((await creator.rest<Show>('GET', `/v1/shows/${showId}`)).status, 'live', 'with its creator it goes on')
    again.disconnect()
  }
)

/** A request that the server has begun to read and that never ends. */
async function endlessRequest(url: string, { token }: TestUser): Promise<Socket> {
  const { port, host } = new URL(url)
  const socket = connect(Number(port), '127.0.0.1')
  socket.on('error', () => {})
  socket.write(
    `POST /v1/shows HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n`
  )
  await once(socket, 'data')
  return socket
}

t.test('a request that does not end is cut off in time, and the server still stops in order', async t => {
  const server = await startServer({ MEDIA_WORKERS: '1', DRAIN_DEADLINE_MS: '20000', LOG_LEVEL: 'silent' })
  t.teardown(async () => await server.close())
  const request = await endlessRequest(server.url, await signIn(server.url, 'Slow'))
  const cutOff = once(request, 'close')
  t.equal(await server.stop('SIGTERM'), 0)
  await cutOff
})

t.test('who asks a second time does not wait', async t => {
  const server = await startServer({ MEDIA_WORKERS: '1', DRAIN_DEADLINE_MS: '1000000', LOG_LEVEL: 'silent' })
  t.teardown(async () => await server.close())
  await endlessRequest(server.url, await signIn(server.url, 'Slow'))
  const again = setInterval(() => server.kill('SIGTERM'), 100)
  t.teardown(() => clearInterval(again))
  t.equal(await server.stop('SIGTERM'), 1, 'it was ended before it had stopped')
})

t.test('one Ctrl-C that comes twice, from the terminal and from npm, is one', async t => {
  const server = await startServer({ MEDIA_WORKERS: '1' })
  t.teardown(async () => await server.close())
  const gone = server.waitForExit()
  server.kill('SIGINT')
  server.kill('SIGTERM')
  t.equal(await gone, 0)
})
