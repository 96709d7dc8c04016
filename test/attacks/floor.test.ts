import t from 'tap'
import { closeRtcPeers, opusSendParameters } from '../media/rtc-peer.ts'
import { enter, goLive, takeFloor } from '../people.ts'
import { startServer } from '../server-process.ts'
import { openEars, openVoice } from '../voices.ts'

// A race is run hundreds of times by the same two people, who would be refused as a flood.
const server = await startServer({ LIMIT_EVENTS_PER_10S: '100000', LIMIT_MEDIA_EVENTS_PER_10S: '100000' })
t.teardown(async () => {
  closeRtcPeers()
  await server.close()
})

const audio = (transportId: string, ssrc = 77) => ({
  transportId,
  kind: 'audio',
  rtpParameters: opusSendParameters(ssrc)
})

t.test('audio without the floor is refused before the transport is looked at', async t => {
  const { showId, seat: host } = await goLive(server.url)
  const { seat } = await enter(server.url, showId)
  t.equal(await seat.refused('media:produce', audio('no-such-transport')), 'NO_FLOOR')
  const voice = await openVoice(seat)
  t.equal(await seat.refused('media:produce', audio(voice.transportId)), 'NO_FLOOR')
  await takeFloor(host, seat)
  t.equal(await seat.refused('media:produce', audio('no-such-transport')), 'NOT_FOUND')
  t.type(await voice.produce(), 'string', 'with the floor the same transport serves')
})

t.test("somebody else's ids are not found", async t => {
  const { showId, seat: host } = await goLive(server.url)
  const { seat: speaker } = await enter(server.url, showId, 'Speaker')
  const { seat: thief } = await enter(server.url, showId, 'Thief')
  await takeFloor(host, speaker)
  await takeFloor(host, thief)
  const voice = await openVoice(speaker)
  const producerId = await voice.produce()
  const ears = await openEars(host)
  const consumerId = await ears.consume(producerId)

  t.equal(await thief.refused('media:produce', audio(voice.transportId)), 'NOT_FOUND')
  t.equal(await thief.refused('media:closeTransport', { transportId: voice.transportId }), 'NOT_FOUND')
  t.equal(await thief.refused('media:restartIce', { transportId: voice.transportId }), 'NOT_FOUND')
  t.equal(
    await thief.refused('media:connectTransport', {
      transportId: voice.transportId,
      dtlsParameters: voice.peer.dtlsParameters
    }),
    'NOT_FOUND'
  )
  for (const event of ['media:pauseConsumer', 'media:resumeConsumer', 'media:closeConsumer']) {
    t.equal(await thief.refused(event, { consumerId }), 'NOT_FOUND', event)
  }
})

t.test('a producer of another show is not found', async t => {
  const here = await goLive(server.url)
  const there = await goLive(server.url)
  const voice = await openVoice(here.seat)
  const producerId = await voice.produce()
  const ears = await openEars(there.seat)
  await t.rejects(ears.consume(producerId), /NOT_FOUND/)
})

t.test('a second producer, video and data are refused', async t => {
  const { seat } = await goLive(server.url)
  const voice = await openVoice(seat)
  await voice.produce()
  t.equal(await seat.refused('media:produce', audio(voice.transportId, 78)), 'CONFLICT')
  t.equal(await seat.refused('media:produce', { ...audio(voice.transportId, 79), kind: 'video' }), 'VALIDATION')
  t.equal(await seat.refused('media:produceData', { transportId: voice.transportId }), 'UNKNOWN_EVENT')
  t.equal(await seat.refused('media:createTransport', { direction: 'send' }), 'CONFLICT')
  const vp8 = { ...opusSendParameters(80), codecs: [{ mimeType: 'video/VP8', payloadType: 100, clockRate: 90_000 }] }
  await seat.ask('speak:stepDown', {})
  t.equal(
    await seat.refused('media:produce', { transportId: voice.transportId, kind: 'audio', rtpParameters: vp8 }),
    'VALIDATION'
  )
})

t.test('after the floor is revoked no packet reaches a listener, and producing again is refused', async t => {
  const { showId, seat: host } = await goLive(server.url)
  const { person, seat: speaker } = await enter(server.url, showId, 'Speaker')
  await takeFloor(host, speaker)
  const voice = await openVoice(speaker)
  const producerId = await voice.produce()
  const ears = await openEars(host)
  await ears.consume(producerId)
  voice.talk()
  t.teardown(() => voice.hush())
  await until(() => ears.heard(producerId) > 10)

  const revoked = Date.now()
  await host.ask('speak:revoke', { userId: person.id })
  const atRevoke = ears.heard(producerId)
  await seconds(0.5)
  t.comment(
    `${ears.heard(producerId) - atRevoke} packets after the answer; the revoke took ${Date.now() - revoked - 500} ms`
  )
  const later = ears.heard(producerId)
  await seconds(0.5)
  t.equal(ears.heard(producerId), later, 'silence')
  t.equal(await speaker.refused('media:produce', audio(voice.transportId)), 'NO_FLOOR')
})

t.test('somebody muted by the host is silent at the server whatever their client sends', async t => {
  const { showId, seat: host } = await goLive(server.url)
  const { person, seat: speaker } = await enter(server.url, showId, 'Speaker')
  await takeFloor(host, speaker)
  const voice = await openVoice(speaker)
  const producerId = await voice.produce()
  const ears = await openEars(host)
  await ears.consume(producerId)
  voice.talk()
  t.teardown(() => voice.hush())
  await until(() => ears.heard(producerId) > 10)
  await host.ask('mute:set', { userId: person.id, muted: true })
  await seconds(0.1)
  const muted = ears.heard(producerId)
  await seconds(0.5)
  t.equal(ears.heard(producerId), muted, 'silence')
  await speaker.ask('mute:set', { userId: person.id, muted: false })
  await until(() => ears.heard(producerId) > muted)
  t.pass('unmuting oneself is heard again')
})

t.test('far over the bitrate the floor is taken', async t => {
  const { showId, seat: host } = await goLive(server.url)
  const { person, seat: speaker } = await enter(server.url, showId, 'Speaker')
  await takeFloor(host, speaker)
  const voice = await openVoice(speaker)
  await voice.produce()
  voice.talk(1100)
  t.teardown(() => voice.hush())
  const { event } = await host.happened('floor:revoked')
  t.match(event, { userId: person.id, by: null, reason: 'bitrate' })
})

t.test('revoke racing produce: afterwards nobody without the floor is heard', async t => {
  const runs = Number(process.env.RACE_RUNS ?? 1000)
  const { showId, seat: host } = await goLive(server.url)
  const { person, seat: speaker } = await enter(server.url, showId, 'Speaker')
  const ears = await openEars(host)
  let produced = 0
  let refused = 0
  for (let run = 0; run < runs; run++) {
    await host.ask('speak:invite', { userId: person.id })
    await speaker.ask('speak:respond', { accept: true })
    const transport = await speaker.ask('media:createTransport', { direction: 'send' })
    const [answer] = await Promise.all([
      speaker.raw('media:produce', audio(transport.id, 5000 + run)),
      wobble(run).then(async () => await host.ask('speak:revoke', { userId: person.id }))
    ])
    if (answer.ok) produced++
    else {
      refused++
      if (answer.error.code !== 'NO_FLOOR') t.fail(`an unexpected refusal: ${answer.error.code}`)
    }
    if (answer.ok) {
      const { producerId } = answer.data as { producerId: string }
      await ears.consume(producerId).then(
        () => t.fail('still to be heard'),
        (error: Error) => {
          if (!/NOT_FOUND/.test(error.message)) t.fail(error.message)
        }
      )
    }
    const { snapshot } = await host.ask('show:resync', {})
    if (snapshot.stage.some(({ userId }) => userId === person.id)) t.fail('still on stage')
    await speaker.ask('media:closeTransport', { transportId: transport.id })
  }
  t.comment(`${produced} produced and lost it, ${refused} refused`)
  t.equal(produced + refused, runs)
})

/** A different moment each time: the race is what is tested, not the wait. */
async function wobble(run: number): Promise<void> {
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
