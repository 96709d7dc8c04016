import t from 'tap'
import { closeRtcPeers, opusSendParameters } from '../media/rtc-peer.ts'
import { joinShow, goLive, grantFloor } from '../users.ts'
import { startServer } from '../server-process.ts'
import { openListenerPeer, openSpeakerPeer } from '../audio-peers.ts'

// The race below runs hundreds of times with the same two people, who would exceed the default limits.
const server = await startServer({
  LIMIT_EVENTS_PER_10S: '100000',
  LIMIT_MEDIA_EVENTS_PER_10S: '100000',
  LIMIT_PRODUCES_PER_MINUTE: '100000',
  LIMIT_UNMUTES_PER_10S: '100000'
})
t.teardown(async () => {
  closeRtcPeers()
  await server.close()
})

const audio = (transportId: string, ssrc = 77) => ({
  transportId,
  kind: 'audio',
  rtpParameters: opusSendParameters(ssrc)
})

t.test('audio without the floor is rejected before the transport id is checked', async t => {
  const { showId, client: host } = await goLive(server.url)
  const { client } = await joinShow(server.url, showId)
  t.equal(await client.requestError('media:produce', audio('no-such-transport')), 'NO_FLOOR')
  const speakerPeer = await openSpeakerPeer(client)
  t.equal(await client.requestError('media:produce', audio(speakerPeer.transportId)), 'NO_FLOOR')
  await grantFloor(host, client)
  t.equal(await client.requestError('media:produce', audio('no-such-transport')), 'NOT_FOUND')
  t.type(await speakerPeer.produce(), 'string', 'the same transport works with the floor')
})

t.test("another member's ids are not found", async t => {
  const { showId, client: host } = await goLive(server.url)
  const { client: speaker } = await joinShow(server.url, showId, 'Speaker')
  const { client: thief } = await joinShow(server.url, showId, 'Thief')
  await grantFloor(host, speaker)
  await grantFloor(host, thief)
  const speakerPeer = await openSpeakerPeer(speaker)
  const producerId = await speakerPeer.produce()
  const listenerPeer = await openListenerPeer(host)
  const consumerId = await listenerPeer.consume(producerId)

  t.equal(await thief.requestError('media:produce', audio(speakerPeer.transportId)), 'NOT_FOUND')
  t.equal(await thief.requestError('media:closeTransport', { transportId: speakerPeer.transportId }), 'NOT_FOUND')
  t.equal(await thief.requestError('media:restartIce', { transportId: speakerPeer.transportId }), 'NOT_FOUND')
  t.equal(
    await thief.requestError('media:connectTransport', {
      transportId: speakerPeer.transportId,
      dtlsParameters: speakerPeer.peer.dtlsParameters
    }),
    'NOT_FOUND'
  )
  for (const event of ['media:pauseConsumer', 'media:resumeConsumer', 'media:closeConsumer']) {
    t.equal(await thief.requestError(event, { consumerId }), 'NOT_FOUND', event)
  }
})

t.test('a producer of another show is not found', async t => {
  const here = await goLive(server.url)
  const there = await goLive(server.url)
  const speakerPeer = await openSpeakerPeer(here.client)
  const producerId = await speakerPeer.produce()
  const listenerPeer = await openListenerPeer(there.client)
  await t.rejects(listenerPeer.consume(producerId), /NOT_FOUND/)
})

t.test('a second producer, video and data are rejected', async t => {
  const { client } = await goLive(server.url)
  const speakerPeer = await openSpeakerPeer(client)
  await speakerPeer.produce()
  t.equal(await client.requestError('media:produce', audio(speakerPeer.transportId, 78)), 'CONFLICT')
  t.equal(
    await client.requestError('media:produce', { ...audio(speakerPeer.transportId, 79), kind: 'video' }),
    'VALIDATION'
  )
  t.equal(await client.requestError('media:produceData', { transportId: speakerPeer.transportId }), 'UNKNOWN_EVENT')
  t.equal(await client.requestError('media:createTransport', { direction: 'send' }), 'CONFLICT')
  const vp8 = { ...opusSendParameters(80), codecs: [{ mimeType: 'video/VP8', payloadType: 100, clockRate: 90_000 }] }
  await client.request('speak:stepDown', {})
  t.equal(
    await client.requestError('media:produce', {
      transportId: speakerPeer.transportId,
      kind: 'audio',
      rtpParameters: vp8
    }),
    'VALIDATION'
  )
})

t.test('after a revoke no packet reaches a listener, and producing again is rejected', async t => {
  const { showId, client: host } = await goLive(server.url)
  const { user, client: speaker } = await joinShow(server.url, showId, 'Speaker')
  await grantFloor(host, speaker)
  const speakerPeer = await openSpeakerPeer(speaker)
  const producerId = await speakerPeer.produce()
  const listenerPeer = await openListenerPeer(host)
  await listenerPeer.consume(producerId)
  speakerPeer.startTalking()
  t.teardown(() => speakerPeer.stopTalking())
  await until(() => listenerPeer.packetCount(producerId) > 10)

  const revoked = Date.now()
  await host.request('speak:revoke', { userId: user.id })
  const atRevoke = listenerPeer.packetCount(producerId)
  await seconds(0.5)
  const [packets, tookMs] = [listenerPeer.packetCount(producerId) - atRevoke, Date.now() - revoked - 500]
  t.comment(`${packets} packets after the answer; the revoke took ${tookMs} ms`)
  const later = listenerPeer.packetCount(producerId)
  await seconds(0.5)
  t.equal(listenerPeer.packetCount(producerId), later, 'silence')
  t.equal(await speaker.requestError('media:produce', audio(speakerPeer.transportId)), 'NO_FLOOR')
})

t.test('a speaker muted by the host is silenced on the server, whatever their client sends', async t => {
  const { showId, client: host } = await goLive(server.url)
  const { user, client: speaker } = await joinShow(server.url, showId, 'Speaker')
  await grantFloor(host, speaker)
  const speakerPeer = await openSpeakerPeer(speaker)
  const producerId = await speakerPeer.produce()
  const listenerPeer = await openListenerPeer(host)
  await listenerPeer.consume(producerId)
  speakerPeer.startTalking()
  t.teardown(() => speakerPeer.stopTalking())
  await until(() => listenerPeer.packetCount(producerId) > 10)
  await host.request('mute:set', { userId: user.id, muted: true })
  await seconds(0.1)
  const muted = listenerPeer.packetCount(producerId)
  await seconds(0.5)
  t.equal(listenerPeer.packetCount(producerId), muted, 'silence')
  await speaker.request('mute:set', { userId: user.id, muted: false })
  await until(() => listenerPeer.packetCount(producerId) > muted)
  t.pass('a speaker who has unmuted themselves is heard again')
})

t.test('a speaker far over the bitrate loses the floor', async t => {
  const { showId, client: host } = await goLive(server.url)
  const { user, client: speaker } = await joinShow(server.url, showId, 'Speaker')
  await grantFloor(host, speaker)
  const speakerPeer = await openSpeakerPeer(speaker)
  await speakerPeer.produce()
  speakerPeer.startTalking(1100)
  t.teardown(() => speakerPeer.stopTalking())
  const { event } = await host.waitForEvent('floor:revoked')
  t.match(event, { userId: user.id, by: null, reason: 'bitrate' })
})

t.test('after a revoke that races a produce, nobody without the floor is heard', async t => {
  const runs = Number(process.env.RACE_RUNS ?? 1000)
  const { showId, client: host } = await goLive(server.url)
  const { user, client: speaker } = await joinShow(server.url, showId, 'Speaker')
  const listenerPeer = await openListenerPeer(host)
  let produced = 0
  let rejected = 0
  for (let run = 0; run < runs; run++) {
    await host.request('speak:invite', { userId: user.id })
    await speaker.request('speak:respond', { accept: true })
    const transport = await speaker.request('media:createTransport', { direction: 'send' })
    const [answer] = await Promise.all([
      speaker.requestRaw('media:produce', audio(transport.id, 5000 + run)),
      pauseByRun(run).then(async () => await host.request('speak:revoke', { userId: user.id }))
    ])
    if (answer.ok) produced++
    else {
      rejected++
      if (answer.error.code !== 'NO_FLOOR') t.fail(`unexpected error: ${answer.error.code}`)
    }
    if (answer.ok) {
      const { producerId } = answer.data as { producerId: string }
      await listenerPeer.consume(producerId).then(
        () => t.fail('still heard'),
        (error: Error) => {
          if (!/NOT_FOUND/.test(error.message)) t.fail(error.message)
        }
      )
    }
    const { snapshot } = await host.request('show:resync', {})
    if (snapshot.stage.some(({ userId }) => userId === user.id)) t.fail('still on stage')
    await speaker.request('media:closeTransport', { transportId: transport.id })
  }
  t.comment(`${produced} produced and were closed, ${rejected} rejected`)
  t.equal(produced + rejected, runs)
})

/** Waits a different time in each run, so that the revoke meets the produce at different moments. */
async function pauseByRun(run: number): Promise<void> {
  if (run % 3 === 0) return
  await new Promise(resolve => {
    if (run % 3 === 1) setImmediate(resolve)
    else setTimeout(resolve, run % 7)
  })
}

async function seconds(n: number): Promise<void> {
  await new Promise(resolve => setTimeout(resolve, n * 1000))
}

async function until(happened: () => boolean): Promise<void> {
  while (!happened()) await seconds(0.02)
}
