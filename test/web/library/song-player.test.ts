import t from 'tap'
import { SongPlayer, type AudioPart } from '../../../web/src/library/song-player.ts'

/** An audio element in the hand of a test. */
function fakeAudio() {
  const target = new EventTarget()
  const played: string[] = []
  const audio = Object.assign(target, {
    played,
    src: '',
    currentTime: 0,
    paused: true,
    async play() {
      audio.paused = false
      played.push(`${audio.src} ${audio.currentTime}`)
    },
    pause() {
      audio.paused = true
      target.dispatchEvent(new Event('pause'))
    },
    removeAttribute() {
      audio.src = ''
    },
    load() {},
    /** What an element says as it plays. */
    says(type: string, currentTime = audio.currentTime): void {
      audio.currentTime = currentTime
      target.dispatchEvent(new Event(type))
    }
  })
  return audio
}

function begin() {
  const audio = fakeAudio()
  const asked: string[] = []
  const waiting: (() => void)[] = []
  const server = { address: (songId: string): string | null => `/${songId}?${asked.length}`, holds: false }
  const player = new SongPlayer(audio as AudioPart, async songId => {
    asked.push(songId)
    if (server.holds) await new Promise<void>(resolve => waiting.push(resolve))
    return server.address(songId)
  })
  return { audio, asked, waiting, server, player }
}

const settle = async () => await new Promise(resolve => setImmediate(resolve))

t.test('plays, rests, and goes on where it was', async t => {
  const { player, audio, asked } = begin()
  await player.play('tide')
  t.match(player.view, { songId: 'tide', isPlaying: true, isWaiting: true })
  audio.says('playing')
  audio.says('timeupdate', 7)
  t.match(player.view, { isWaiting: false, positionMs: 7000 })
  player.pause()
  t.match(player.view, { isPlaying: false, positionMs: 7000 })
  await player.play('tide')
  t.same(audio.played, ['/tide?1 0', '/tide?1 7'])
  t.same(asked, ['tide'], 'asked once')
  audio.says('ended')
  t.match(player.view, { isPlaying: false, positionMs: 0 })
})

t.test('another song takes its place', async t => {
  const { player, audio } = begin()
  await player.play('tide')
  audio.says('playing')
  await player.play('lamp')
  t.match(player.view, { songId: 'lamp', isPlaying: true, positionMs: 0 })
  t.same(audio.played, ['/tide?1 0', '/lamp?2 0'])
})

t.test('seeks in what plays, in what rests, and into what does neither', async t => {
  const { player, audio } = begin()
  await player.seek('tide', 5000)
  t.same(audio.played, ['/tide?1 5'], 'begins there')
  audio.says('playing')
  await player.seek('tide', 9000)
  t.equal(audio.currentTime, 9)
  player.pause()
  await player.seek('tide', 2000)
  t.match(player.view, { isPlaying: false, positionMs: 2000 })
  t.equal(audio.currentTime, 2)
})

t.test('an address that is over is followed by another, from where it was; one that was never good is not', async t => {
  const it = begin()
  const { player, audio } = it
  await player.play('tide')
  audio.says('playing')
  audio.says('timeupdate', 30)
  audio.says('error')
  await settle()
  t.same(audio.played, ['/tide?1 0', '/tide?2 30'])
  t.match(player.view, { isPlaying: true, fault: null })
  audio.says('error')
  await settle()
  t.equal(it.asked.length, 2, 'not in a circle')
  t.match(player.view, { isPlaying: false, fault: /can’t be played just now/ })
  await player.play('tide')
  t.match(player.view, { isPlaying: true, fault: null }, 'unless one tries again')
})

t.test("what can't be had says so", async t => {
  const it = begin()
  it.server.address = () => null
  await it.player.play('tide')
  t.match(it.player.view, { isPlaying: false, isWaiting: false, fault: /can’t be played/ })
})

t.test('the last wish counts, whatever comes late', async t => {
  const it = begin()
  it.server.holds = true
  it.player.play('tide')
  it.player.play('lamp')
  it.waiting[1]!()
  await settle()
  it.waiting[0]!()
  await settle()
  t.same(it.audio.played, ['/lamp?2 0'])
  it.player.play('tide')
  it.player.stop()
  it.waiting[2]!()
  await settle()
  t.equal(it.audio.played.length, 1)
  t.match(it.player.view, { songId: null, isPlaying: false })
})
