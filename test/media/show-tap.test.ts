import t from 'tap'
import type { ShowAudio } from '../../media/show-audio.ts'
import { closeRtcPeers } from './rtc-peer.ts'
import { createSong, fromStart } from './song-reception.ts'
import { openSpeaker, openTestMedia, playSong, until } from './test-media.ts'

t.teardown(closeRtcPeers)

function openTap(audio: ShowAudio) {
  const opened = new Map<string, string | null>()
  const closed: string[] = []
  const packets = new Map<string, number>()
  const tap = audio.openTap({
    onOpened: (producerId, userId) => opened.set(producerId, userId),
    onPacket: producerId => packets.set(producerId, (packets.get(producerId) ?? 0) + 1),
    onClosed: producerId => closed.push(producerId),
    onFailed(_producerId, error) {
      throw error
    }
  })
  return { tap, opened, closed, count: (producerId: string) => packets.get(producerId) ?? 0 }
}

t.test('a tap gets the packets of the voices and of the song, also of those that come later', async t => {
  const { audio } = await openTestMedia(t)
  const ann = await openSpeaker(audio, 'ann')
  const fromAnn = await ann.produce()
  const tapped = openTap(audio)
  const song = (await playSong(audio.song, fromStart(createSong())))!
  ann.startTalking()
  await until(() => tapped.count(fromAnn) > 10 && tapped.count(song) > 10)
  t.same([tapped.opened.get(fromAnn), tapped.opened.get(song)], ['ann', null])
  t.equal(audio.consumersOf(fromAnn), 1)

  await ann.participant.setMuted(true)
  const whenMuted = tapped.count(fromAnn)
  await until(() => tapped.count(song) > 60)
  t.ok(tapped.count(fromAnn) <= whenMuted + 2)

  await ann.participant.closeProducer()
  t.same(tapped.closed, [fromAnn])
  const [songCount] = [tapped.count(song)]
  await until(() => tapped.count(song) > songCount)
})

t.test('a closed tap leaves nothing behind', async t => {
  const { audio, media } = await openTestMedia(t)
  const song = (await playSong(audio.song, fromStart(createSong())))!
  const before = await media.counts()
  const tapped = openTap(audio)
  await until(() => tapped.count(song) > 2)
  tapped.tap.close()
  tapped.tap.close()
  t.same(tapped.closed, [song])
  t.equal(audio.consumersOf(song), 0)
  t.same(await media.counts(), before)
})

t.test('a tap continues with the song after the worker died', async t => {
  const { audio, media } = await openTestMedia(t)
  const song = (await playSong(audio.song, fromStart(createSong())))!
  const tapped = openTap(audio)
  await until(() => tapped.count(song) > 2)
  process.kill(media.workerPids[0]!, 'SIGKILL')
  await until(() => audio.song.producerId !== null && audio.song.producerId !== song)
  const moved = audio.song.producerId!
  await until(() => tapped.count(moved) > 2)
  t.same(tapped.closed, [song])
})
