import t from 'tap'
import { joinAndListen } from './joining.ts'
import { closeRtcPeers } from './rtc-peer.ts'
import { openSpeaker, openTestMedia, until } from './test-media.ts'

t.teardown(closeRtcPeers)

t.test('traffic is counted and receivers are read, one transport after the other', async t => {
  const { media, audio } = await openTestMedia(t)
  const speaker = await openSpeaker(audio, 'speaker')
  const producerId = await speaker.produce()
  speaker.startTalking()
  await joinAndListen(audio, 'one', async () => producerId)
  await joinAndListen(audio, 'two', async () => producerId)
  const bytes = async () =>
    (await media.stats()).workers.map(({ receivedBytes, sentBytes }) => ({ receivedBytes, sentBytes }))[0]!
  t.strictSame(await bytes(), { receivedBytes: 0, sentBytes: 0 }, 'nothing was read yet')
  // Three transports, one in each call: three calls read each of them once.
  for (let call = 0; call < 3; call++) await media.readTraffic(1)
  const first = await bytes()
  t.ok(first.receivedBytes > 0)
  t.ok(first.sentBytes > first.receivedBytes / 2)
  for (let call = 0; call < 3; call++) await media.readTraffic(1)
  const second = await bytes()
  t.ok(second.sentBytes >= first.sentBytes)
  await media.readTraffic(100)
  t.ok((await bytes()).sentBytes < 10 * (second.sentBytes + 100_000), 'bytes read before are not counted again')
  const [worker] = (await media.stats()).workers
  t.match(worker, { index: 0, participants: 3, consumers: 2 })
  t.ok(worker!.cpuSeconds > 0 && worker!.maxMemoryBytes > 1e6)
})

t.test('the death of a worker emits workerDied', async t => {
  const { media, workers } = await openTestMedia(t)
  const died = new Promise<void>(resolve => {
    media.events.once('workerDied', resolve)
  })
  process.kill(workers[0]!.worker.pid, 'SIGKILL')
  await died
  await until(() => media.hasWorker)
  t.equal((await media.stats()).workers[0]!.index, 0, 'its replacement takes its slot')
})
