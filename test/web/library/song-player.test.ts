import t from 'tap'
import { SongPlayer, type AudioElement } from '../../../web/src/library/song-player.ts'
import { fakeAudio } from '../fake-audio.ts'

function setUp() {
  const audio = fakeAudio()
  const requested: string[] = []
  const pending: (() => void)[] = []
  const server = { urlOf: (songId: string): string | null => `/${songId}?${requested.length}`, isSlow: false }
  const player = new SongPlayer(audio as AudioElement, async songId => {
    requested.push(songId)
    if (server.isSlow) await new Promise<void>(resolve => pending.push(resolve))
    return server.urlOf(songId)
  })
  return { audio, requested, pending, server, player }
}

const settle = async () => await new Promise(resolve => setImmediate(resolve))

t.test('a song is paused and resumed at the same position', async t => {
  const { player, audio, requested } = setUp()
  await player.play('tide')
  t.match(player.view, { songId: 'tide', isPlaying: true, isBuffering: true })
  audio.emit('playing')
  audio.emit('timeupdate', 7)
  t.match(player.view, { isBuffering: false, positionMs: 7000 })
  player.pause()
  t.match(player.view, { isPlaying: false, positionMs: 7000 })
  await player.play('tide')
  t.same(audio.played, ['/tide?1 0', '/tide?1 7'])
  t.same(requested, ['tide'], 'the URL is requested once')
  audio.emit('ended')
  t.match(player.view, { isPlaying: false, positionMs: 0 })
})

t.test('another song replaces the current one', async t => {
  const { player, audio } = setUp()
  await player.play('tide')
  audio.emit('playing')
  await player.play('lamp')
  t.match(player.view, { songId: 'lamp', isPlaying: true, positionMs: 0 })
  t.same(audio.played, ['/tide?1 0', '/lamp?2 0'])
})

t.test('seeking works in a playing song, a paused song, and one that is not loaded', async t => {
  const { player, audio } = setUp()
  await player.seek('tide', 5000)
  t.same(audio.played, ['/tide?1 5'], 'starts at the position')
  audio.emit('playing')
  await player.seek('tide', 9000)
  t.equal(audio.currentTime, 9)
  player.pause()
  await player.seek('tide', 2000)
  t.match(player.view, { isPlaying: false, positionMs: 2000 })
  t.equal(audio.currentTime, 2)
})

t.test('an expired URL is replaced at the same position, and one that never worked is not', async t => {
  const { player, audio, requested } = setUp()
  await player.play('tide')
  audio.emit('playing')
  audio.emit('timeupdate', 30)
  audio.emit('error')
  await settle()
  t.same(audio.played, ['/tide?1 0', '/tide?2 30'])
  t.match(player.view, { isPlaying: true, error: null })
  audio.emit('error')
  await settle()
  t.equal(requested.length, 2, 'no endless retries')
  t.match(player.view, { isPlaying: false, error: /^Can’t play this song/ })
  await player.play('tide')
  t.match(player.view, { isPlaying: true, error: null }, 'playing again tries again')
})

t.test('a song without a URL is reported', async t => {
  const { player, server } = setUp()
  server.urlOf = () => null
  await player.play('tide')
  t.match(player.view, { isPlaying: false, isBuffering: false, error: /^Can’t play this song/ })
})

t.test('the latest command wins over late answers to earlier ones', async t => {
  const { player, audio, server, pending } = setUp()
  server.isSlow = true
  player.play('tide')
  player.play('lamp')
  pending[1]!()
  await settle()
  pending[0]!()
  await settle()
  t.same(audio.played, ['/lamp?2 0'])
  player.play('tide')
  player.stop()
  pending[2]!()
  await settle()
  t.equal(audio.played.length, 1)
  t.match(player.view, { songId: null, isPlaying: false })
})
