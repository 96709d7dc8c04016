import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import t from 'tap'
import { testAtNight } from '../depth.ts'
import { createAmbient } from '../../client/index.ts'
import type { Comment } from '../../contract/comments.ts'
import type { Page } from '../../contract/paging.ts'
import type { Playlist } from '../../contract/playlist.ts'
import type { Show } from '../../contract/shows.ts'
import { createFakeWebRtc } from '../client/fake-audio.ts'
import { waitForView } from '../client/test-client.ts'
import { joinShow, goLive, signIn, type ShowClient, type TestUser } from '../users.ts'
import { startServer } from '../server-process.ts'

/** Repeats an action until it fails, which happens when the server has stopped. Resolves with all answers. */
async function repeatUntilFailure<T>(act: (n: number) => Promise<T | null>): Promise<T[]> {
  const answers: T[] = []
  for (let n = 0; ; n++) {
    const answer = await act(n).catch(() => null)
    if (answer === null) return answers
    answers.push(answer)
  }
}

/** Resolves with the answer to an action, or with null when the socket is or becomes disconnected. */
async function unlessDisconnected<T>({ socket }: ShowClient, act: () => Promise<T>): Promise<T | null> {
  const disconnected = new Promise<null>(resolve => {
    socket.once('disconnect', () => resolve(null))
  })
  return socket.connected ? await Promise.race([act(), disconnected]) : null
}

async function allComments(user: TestUser, showId: string): Promise<Comment[]> {
  const found: Comment[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const page: Page<Comment> = await user.rest(
      'GET',
      `/v1/shows/${showId}/comments?limit=100${cursor && `&cursor=${cursor}`}`
    )
    found.push(...page.items)
    cursor = page.nextCursor
  }
  return found
}

t.test('a server that stops loses nothing it has acknowledged, and clients reconnect by themselves', async t => {
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

  const drained = Promise.all(
    [client, ...listeners.map(({ client }) => client)].map(
      async client => (await client.nextMessage('session:drain')).reconnectAfterMs
    )
  )
  const commentLoops = listeners.map(({ client }, index) =>
    repeatUntilFailure(
      async n =>
        await unlessDisconnected(
          client,
          async () => (await client.request('comment:send', { clientId: `${n}`, text: `${n} of ${index}` })).comment.id
        )
    )
  )
  const cohostLoop = repeatUntilFailure(
    async n =>
      await unlessDisconnected(
        client,
        async () => await client.request('cohost:set', { userId: cohost.id, cohost: n % 2 === 0 })
      )
  )
  const titleLoop = repeatUntilFailure(
    async n => (await creator.rest<Show>('PATCH', `/v1/shows/${showId}`, { title: `Title ${n}` })).version
  )
  const playlistLoop = repeatUntilFailure(
    async n => (await creator.rest<Playlist>('PUT', `/v1/shows/${showId}/playlist`, { version: n, items: [] })).version
  )
  await Promise.all(listeners.map(async ({ client }) => await client.nextMessage('comments')))

  const exitCode = server.stop('SIGTERM')
  const waits = await drained
  const [comments, cohostChanges, titleVersions, playlistVersions] = await Promise.all([
    Promise.all(commentLoops),
    cohostLoop,
    titleLoop,
    playlistLoop
  ])
  t.equal(await exitCode, 0, 'the server stopped in order')
  t.equal(waits[0], 1000, 'the creator reconnects first')
  t.ok(new Set(waits).size > 2, `the times to reconnect differ: ${waits.join(', ')}`)
  t.equal(room.view.connection, 'reconnecting')

  await server.restart()
  const stored = new Set((await allComments(creator, showId)).map(({ id }) => id))
  const acknowledged = comments.flat()
  t.ok(acknowledged.length > 6, `${acknowledged.length} comments were answered`)
  t.same(
    acknowledged.filter(id => !stored.has(id)),
    [],
    'every acknowledged comment is stored'
  )
  const show = await creator.rest<Show>('GET', `/v1/shows/${showId}`)
  t.equal(show.status, 'interrupted')
  t.ok(titleVersions.length > 0 && show.version >= titleVersions.at(-1)!, `${titleVersions.length} titles`)
  const playlist = await creator.rest<Playlist>('GET', `/v1/shows/${showId}/playlist`)
  t.ok(
    playlistVersions.length > 0 && playlist.version >= playlistVersions.at(-1)!,
    `${playlistVersions.length} playlists`
  )

  const back = await waitForView(room, ({ connection }) => connection === 'live')
  t.equal(back.room?.status, 'interrupted', 'the SDK reconnected to a show without its creator')
  const again = await creator.connect()
  const snapshot = await again.join(showId)
  t.ok(
    snapshot.version > Math.max(...client.roomEvents.map(({ version }) => version)),
    'no event that was sent is missing'
  )
  // One more request may have been in flight when the connection was closed.
  const isCohostByAnswer = cohostChanges.length % 2 === 1
  t.ok(cohostChanges.length > 0)
  t.ok(
    snapshot.cohostIds.includes(cohost.id) === isCohostByAnswer ||
      client.roomEvents.filter(({ event }) => event.type === 'cohost:changed').length >= cohostChanges.length,
    'the co-host is the one of the last answer'
  )
  await waitForView(room, ({ room }) => room?.status === 'live')
  t.equal(
    (await creator.rest<Show>('GET', `/v1/shows/${showId}`)).status,
    'live',
    'the show continues with its creator'
  )
  again.disconnect()
})

/** Begins a request that never ends. Resolves when the server has begun to read it. */
async function beginEndlessRequest(url: string, { token }: TestUser): Promise<Socket> {
  const { port, host } = new URL(url)
  const socket = connect(Number(port), '127.0.0.1')
  socket.on('error', () => {})
  const head = [
    'POST /v1/shows HTTP/1.1',
    `Host: ${host}`,
    `Authorization: Bearer ${token}`,
    'Content-Type: application/json',
    'Content-Length: 1000',
    'Expect: 100-continue'
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  await once(socket, 'data')
  return socket
}

testAtNight(t, 'a request that does not end is cut off in time, and the server stops in order', async t => {
  const server = await startServer({ MEDIA_WORKERS: '1', DRAIN_DEADLINE_MS: '20000', LOG_LEVEL: 'silent' })
  t.teardown(async () => await server.close())
  const request = await beginEndlessRequest(server.url, await signIn(server.url, 'Slow'))
  const cutOff = once(request, 'close')
  t.equal(await server.stop('SIGTERM'), 0)
  await cutOff
})

t.test('a repeated SIGTERM ends the server at once', async t => {
  const server = await startServer({ MEDIA_WORKERS: '1', DRAIN_DEADLINE_MS: '1000000', LOG_LEVEL: 'silent' })
  t.teardown(async () => await server.close())
  await beginEndlessRequest(server.url, await signIn(server.url, 'Slow'))
  const repetition = setInterval(() => server.kill('SIGTERM'), 100)
  t.teardown(() => clearInterval(repetition))
  t.equal(await server.stop('SIGTERM'), 1, 'the server exited before it had drained')
})

t.test('one Ctrl-C that arrives as two signals, from the terminal and from npm, counts once', async t => {
  const server = await startServer({ MEDIA_WORKERS: '1' })
  t.teardown(async () => await server.close())
  const exitCode = server.waitForExit()
  server.kill('SIGINT')
  server.kill('SIGTERM')
  t.equal(await exitCode, 0)
})
