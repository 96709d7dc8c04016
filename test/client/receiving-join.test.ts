import t from 'tap'
import type { PlaylistItem, ShowRoom } from '../../client/index.ts'
import type { Reception } from '../../contract/reception.ts'
import { expectedRouterCapabilities } from '../../client/router-capabilities.ts'
import { createReceivedParameters, createTransportAnswer, routerRtpCapabilities } from './fake-audio.ts'
import { createTestClient, flushEvents, joinRoom, waitForView, type TestClient } from './test-client.ts'
import { creatorId, seatOf } from './scripted-server.ts'

/** Answers joins with a transport and a consumer of each of these voices. */
function answerWithMedia(
  { server }: TestClient,
  voices: readonly string[],
  capabilities = expectedRouterCapabilities
): void {
  const joined = server.handlers['show:join']
  let joins = 0
  server.handlers['show:join'] = async (payload, socket) => {
    const answer = await joined(payload, socket)
    const join = ++joins
    const receive: Reception = {
      transport: createTransportAnswer(`joined-${join}`),
      consumers: voices.map((producerId, index) => ({
        consumerId: `ready-${join}-${producerId}`,
        producerId,
        kind: 'audio',
        rtpParameters: createReceivedParameters(100 + index),
        userId: creatorId
      }))
    }
    return { ...answer, media: { routerRtpCapabilities: capabilities, ...(payload.receive && { receive }) } }
  }
}

/** Waits until the client plays something. */
async function heard({ server, sound }: TestClient, room: ShowRoom): Promise<void> {
  while (sound.playing.size === 0) await flushEvents(server, room)
}

t.test('a room plays what the join has created, without further commands', async t => {
  const client = await createTestClient(t)
  const { server, sound } = client
  answerWithMedia(client, ['voice-1'])
  const connected = server.waitForCommand('media:connectTransport')
  const room = await joinRoom(t, client)
  t.match(await connected, { transportId: 'joined-1' })
  await heard(client, room)
  t.same([...sound.playing], [['ready-1-voice-1', 'voice']])
  t.equal(server.countCommands('media:createTransport'), 0)

  server.applyEvent({ type: 'floor:granted', userId: 'other', displayName: 'Other', avatarUrl: null, by: creatorId })
  const consumed = server.waitForCommand('media:resumeConsumer')
  server.applyEvent({ type: 'stage:joined', userId: 'other', producerId: 'voice-2', muted: false })
  await consumed
  t.equal(server.countCommands('media:createTransport'), 0, 'later voices use the same transport')
  t.equal(server.countCommands('media:consume'), 1)
  t.equal(server.countCommands('media:resumeConsumer'), 1, 'only the later voice is resumed')
})

t.test('a voice without a consumer in the answer is consumed', async t => {
  const client = await createTestClient(t)
  const { server, sound } = client
  answerWithMedia(client, [])
  const resumed = server.waitForCommand('media:resumeConsumer')
  await joinRoom(t, client)
  await resumed
  t.equal(server.countCommands('media:createTransport'), 0)
  t.equal(sound.playing.size, 1)
})

t.test('a consumer of a voice that is not on stage any more is closed', async t => {
  const client = await createTestClient(t)
  const { server } = client
  answerWithMedia(client, ['voice-0', 'voice-1'])
  const closed = server.waitForCommand('media:closeConsumer')
  const room = await joinRoom(t, client)
  t.same(await closed, { consumerId: 'ready-1-voice-0' })
  await heard(client, room)
  t.same([...client.sound.playing.keys()], ['ready-1-voice-1'])
})

t.test('with other capabilities of the router, receiving starts again, and the next join knows them', async t => {
  const client = await createTestClient(t)
  const { server, sound } = client
  answerWithMedia(client, ['voice-1'], routerRtpCapabilities)
  const closed = server.waitForCommand('media:closeTransport')
  const resumed = server.waitForCommand('media:resumeConsumer')
  const room = await joinRoom(t, client)
  t.same(await closed, { transportId: 'joined-1' })
  await resumed
  t.equal(server.countCommands('media:createTransport'), 1)

  server.disconnectAll()
  await waitForView(room, ({ connection }) => connection === 'reconnecting')
  const connected = server.waitForCommand('media:connectTransport')
  client.clock.advance(1000)
  t.match(await connected, { transportId: 'joined-2' })
  await heard(client, room)
  t.same([...sound.playing.keys()], ['ready-2-voice-1'])
  t.equal(server.countCommands('media:createTransport'), 1)
})

t.test('a broken media session receives on with a transport of its own', async t => {
  const client = await createTestClient(t)
  const { server, clock, webRtc } = client
  server.room = { ...server.room, stage: [seatOf(creatorId, 'voice-1')] }
  answerWithMedia(client, ['voice-1'])
  const connected = server.waitForCommand('media:connectTransport')
  const room = await joinRoom(t, client)
  await connected
  await heard(client, room)
  const closed = server.waitForCommand('media:closeTransport')
  server.handlers['media:restartIce'] = () => {
    throw new Error('gone')
  }
  webRtc.transports[0]!.handler.setConnectionState('failed')
  t.same(await closed, { transportId: 'joined-1' })
  const created = server.waitForCommand('media:createTransport')
  clock.advance(1000)
  t.same(await created, { direction: 'recv' })
})

t.test('a jingle is received beside the song, until it is over, and the level of songs is set', async t => {
  const client = await createTestClient(t)
  const { server, sound } = client
  const room = await joinRoom(t, client)
  const jingle = { songId: 'j', producerId: 'jingle-1', startedAt: 5, durationMs: 1000, by: creatorId }
  server.applyEvent({ type: 'jingle:changed', jingle })
  while (sound.playing.size < 2) await flushEvents(server, room)
  t.same([...sound.playing.values()].toSorted(), ['song', 'voice'])
  t.equal(sound.jingles.size, 1)
  server.applyEvent({ type: 'songLevel:changed', levelDb: -20, by: creatorId })
  await flushEvents(server, room)
  t.equal(sound.songLevel, 0.1)
  t.equal(sound.jingles.size, 1)
  server.applyEvent({ type: 'jingle:changed', jingle: null })
  await flushEvents(server, room)
  t.same([...sound.playing.values()], ['voice'])
  t.equal(room.view.room?.jingle, undefined)
})

t.test('someone who joins during a fade gets it, by their own clock, and again only after a change of it', async t => {
  const client = await createTestClient(t)
  const { server, sound } = client
  const item: PlaylistItem = {
    ...{ id: 'i', kind: 'song', songId: 's', title: 'A song', artists: [], album: null, durationMs: 100_000 },
    ...{ artworkUrl: null, link: null, available: true }
  }
  const fade = { at: 50_000, durationMs: 3000, from: 1, to: 0, then: 'pause' as const }
  const playback = { status: 'playing' as const, item, positionMs: 0, at: 20_000, producerId: null, fade }
  server.room = { ...server.room, playback, settings: { ...server.room.settings, songFadeMs: 5000 } }
  const room = await joinRoom(t, client)
  await flushEvents(server, room)
  const { clockOffsetMs } = room.view
  t.match(sound.fades, [
    [
      { at: 50_000 - clockOffsetMs, durationMs: 3000, from: 1, to: 0 },
      { at: 115_000 - clockOffsetMs, durationMs: 5000, from: 1, to: 0 }
    ]
  ])
  server.applyEvent({ type: 'songLevel:changed', levelDb: -20, by: creatorId })
  await flushEvents(server, room)
  t.equal(sound.fades.length, 1)
  const paused = { ...playback, status: 'paused' as const, positionMs: 33_000, at: 53_000, fade: undefined }
  server.applyEvent({ type: 'playback:changed', playback: { ...paused, fade: { ...fade, from: 0 } } })
  await flushEvents(server, room)
  t.match(sound.fades.at(-1), [{ from: 0, to: 0 }])
})
