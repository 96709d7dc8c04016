import t from 'tap'
import { ReplayPlayer, type ReplayElement } from '../../../web/src/replay/replay-player.ts'
import { fakeAudio } from '../fake-audio.ts'

const files = [
  { format: 'opus', url: '/a.ogg', sizeBytes: 1 },
  { format: 'mp3', url: '/a.mp3', sizeBytes: 1 }
] as const

/** A player of an audio element that plays some formats only. */
function setUp(playable: readonly string[] = ['audio/ogg; codecs=opus', 'audio/mpeg']) {
  const audio = Object.assign(fakeAudio(), {
    canPlayType: (type: string): CanPlayTypeResult => (playable.includes(type) ? 'probably' : '')
  })
  const player = new ReplayPlayer(audio as ReplayElement)
  t.teardown(() => player.stop())
  return { audio, player }
}

t.test('a replay starts at a place, plays, jumps and ends', async t => {
  const { audio, player } = setUp()
  player.load([...files], 60_000, [], 83_000)
  t.equal(player.view.positionMs, 60_000, 'a place behind the end is the end')
  player.load([...files], 60_000, [], 20_000)
  t.equal(audio.src, '/a.ogg')
  t.equal(audio.currentTime, 20)
  await player.play()
  t.match(player.view, { isPlaying: true, isBuffering: true })
  audio.emit('playing')
  audio.emit('timeupdate', 21)
  t.match(player.view, { isPlaying: true, isBuffering: false, positionMs: 21_000 })
  player.skip(-30_000)
  t.equal(audio.currentTime, 0)
  player.skip(90_000)
  t.equal(player.view.positionMs, 60_000)
  audio.paused = true
  audio.emit('ended')
  t.match(player.view, { isPlaying: false, positionMs: 60_000 })
  await player.toggle()
  t.equal(audio.currentTime, 0, 'after its end it plays from the beginning')
  await player.toggle()
  t.equal(player.view.isPlaying, false)
})

t.test('silence is skipped only when asked, and only while playing', async t => {
  const { audio, player } = setUp()
  player.load([...files], 60_000, [{ fromMs: 10_000, toMs: 20_000 }], 0)
  await player.play()
  audio.emit('timeupdate', 11)
  t.equal(player.view.positionMs, 11_000)
  player.setSkipsSilence(true)
  audio.emit('timeupdate', 12)
  t.equal(player.view.positionMs, 20_000)
  player.pause()
  player.seek(15_000)
  audio.emit('timeupdate', 15)
  t.equal(player.view.positionMs, 15_000, 'somebody who looks at silence stays there')
})

t.test('speed and mute stay with the next file', async t => {
  const { audio, player } = setUp()
  player.load([...files], 60_000, [], 0)
  player.setRate(1.5)
  player.setMuted(true)
  audio.playbackRate = 1
  player.load([...files], 50_000, [], 0)
  t.equal(audio.playbackRate, 1.5)
  t.equal(audio.muted, true)
})

t.test('addresses whose tickets have ended are replaced once, at the same place', async t => {
  const { audio, player } = setUp(['audio/mpeg'])
  const renewed = [{ format: 'mp3', url: '/a.mp3?ticket=2', sizeBytes: 1 }] as const
  const served: string[] = ['/a.mp3?ticket=2']
  let asked = 0
  player.renew = async () => {
    asked++
    player.load([...renewed], 60_000, [], player.view.positionMs)
    return [...renewed]
  }
  const settle = async () => {
    audio.emit(served.some(url => audio.src === url) ? 'loadedmetadata' : 'error')
    await new Promise(setImmediate)
  }
  player.load([{ format: 'mp3', url: '/a.mp3?ticket=1', sizeBytes: 1 }], 60_000, [], 5000)
  player.seek(42_000)
  await settle()
  t.match(audio, { src: '/a.mp3?ticket=2', currentTime: 42 })
  t.match(player.view, { isPlaying: false, error: null, positionMs: 42_000 })
  t.equal(asked, 1)
  await settle()

  // The next answer has the same addresses: the server is away, or the file is gone.
  served.length = 0
  player.renew = async () => {
    asked++
    return [...renewed]
  }
  await player.play()
  await settle()
  t.match(player.view, { isPlaying: false, error: /^Can’t play/, positionMs: 42_000 })
  t.equal(asked, 2)
  await settle()
  t.equal(asked, 2, 'not again and again')
  player.renew = async () => {
    throw new Error('away')
  }
  await player.play()
  t.equal(player.view.error, null)
  await settle()
  t.match(player.view, { isPlaying: false, error: /^Can’t play/, positionMs: 42_000 })
})

t.test('a format that does not play is replaced by the other one; without any, the error can be retried', async t => {
  const safari = setUp(['audio/mpeg'])
  safari.player.load([...files], 60_000, [], 0)
  t.equal(safari.audio.src, '/a.mp3')

  const { audio, player } = setUp()
  player.load([...files], 60_000, [], 5000)
  await player.play()
  audio.emit('error')
  t.equal(audio.src, '/a.mp3')
  t.equal(audio.currentTime, 5)
  t.equal(player.view.error, null)
  audio.emit('error')
  await new Promise(setImmediate)
  t.match(player.view, { isPlaying: false, error: /^Can’t play/ })
  await player.play()
  t.equal(audio.src, '/a.ogg')
  audio.emit('playing')
  t.match(player.view, { isPlaying: true, error: null, positionMs: 5000 })
})
