import t from 'tap'
import { createRtpStream } from '../../../media/player/rtp-stream.ts'
import { songCsrc } from '../../../media/player/song-csrc.ts'
import { createSongGate } from '../../../media/program/song-gate.ts'
import { parseRtpPacket } from '../../../media/rtp-packet.ts'

function openGate() {
  const passed: string[] = []
  const rtp = createRtpStream(100)
  let nowMs = 0
  const gate = createSongGate(
    (_producerId, packet) => passed.push(parseRtpPacket(packet)!.payload.toString()),
    () => nowMs
  )
  return {
    gate,
    passTime: (ms: number) => (nowMs += ms),
    send(text: string, songId: string | null) {
      gate.take('song', rtp.packet(Buffer.from(text), 0, false, songId === null ? null : songCsrc(songId)))
    },
    /** Returns what was passed on since the last call. */
    taken: () => passed.splice(0)
  }
}

t.test('packets pass by the song they name, and not at all when they name none', async t => {
  const { gate, send, taken } = openGate()
  gate.allow(['a'])
  send('one of a', 'a')
  send('one of b', 'b')
  send('one of nothing', null)
  gate.take('song', Buffer.from('not RTP'))
  t.same(taken(), ['one of a'])
  gate.allow(['a', 'b'])
  send('another of a', 'a')
  t.same(taken(), ['one of b', 'another of a'])
  gate.allow([])
  send('a third of a', 'a')
  t.same(taken(), [])
})

t.test('the beginning of a song waits 200 ms for its right, and then is gone', async t => {
  const { gate, send, taken, passTime } = openGate()
  send('late', 'a')
  passTime(150)
  send('in time', 'a')
  passTime(51)
  gate.allow(['a'])
  t.same(taken(), ['in time'])
  gate.allow([])
  gate.allow(['a'])
  t.same(taken(), [], 'passed on once')
  for (let n = 0; n < 30; n++) send(`${n}`, 'b')
  gate.allow(['b'])
  t.equal(taken().length, 20)
})
