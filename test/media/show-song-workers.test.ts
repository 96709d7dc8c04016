import { once } from 'node:events'
import t from 'tap'
import { closeRtcPeers, opusReceiveCapabilities } from './rtc-peer.ts'
import { createSong, fromStart, positionOf, receivePackets } from './song-reception.ts'
import { openListener, openTestMedia, playSong, rejectionCode, until } from './test-media.ts'

t.teardown(closeRtcPeers)

t.test(
  'a song is piped to other workers, and has a new producer at the right position when its worker dies',
  async t => {
    const { audio, media } = await openTestMedia(t, { workers: 2, listenersPerWorker: 1 })
    const near = await openListener(audio, 'near')
    const far = await openListener(audio, 'far')
    t.not(near.participant.showRouter, far.participant.showRouter)
    const producerId = await playSong(audio.song, fromStart(createSong()))
    await Promise.all([near, far].map(async listener => await listener.consume(producerId!)))
    await until(() => [near, far].every(listener => listener.packetCount(producerId!) > 10))

    const moved = once(audio.song, 'moved')
    const [onWorker, elsewhere] =
      near.participant.showRouter!.router === audio.routers[0] ? ([near, far] as const) : ([far, near] as const)
    const startedAt = Date.now()
    process.kill(onWorker.participant.showRouter!.mediaWorker.pid, 'SIGKILL')
    const [movedTo] = await moved
    t.not(movedTo, producerId)
    t.equal(audio.song.producerId, movedTo)
    t.equal(
      await rejectionCode(
        elsewhere.participant.consume({ producerId: producerId!, rtpCapabilities: opusReceiveCapabilities })
      ),
      'NOT_FOUND'
    )
    await elsewhere.consume(movedTo)
    await until(() => elsewhere.packetCount(movedTo) > 10)
    t.ok(elsewhere.packetCount(movedTo) * 20 <= Date.now() - startedAt + 400)
    t.equal((await media.counts()).shows, 1)
  }
)

t.test('a song of a show without participants continues when its only worker dies', async t => {
  const { audio, media } = await openTestMedia(t)
  await playSong(audio.song, fromStart(createSong()))
  let reached = -Infinity
  for (let round = 0; round < 2; round++) {
    const moved = once(audio.song, 'moved')
    process.kill(media.workerPids[0]!, 'SIGKILL')
    const [producerId] = await moved
    const received = await receivePackets(audio, producerId)
    await until(() => received.length > 5)
    const positions = received.map(({ payload }) => positionOf(payload))
    t.ok(positions[0]! > reached, `from ${positions[0]} ms after ${reached}`)
    reached = positions.at(-1)!
  }
})

t.test('a song that is ordered while no worker is alive plays as soon as there is one', async t => {
  const { audio, media } = await openTestMedia(t)
  process.kill(media.workerPids[0]!, 'SIGKILL')
  await until(() => !media.hasWorker)
  const moved = once(audio.song, 'moved')
  const ordered = await playSong(audio.song, fromStart(createSong()))
  if (ordered === null) await moved
  t.type(audio.song.producerId, 'string')
})
