import t from 'tap'
import { createByteStream, maxWaitingBytes, type ByteSink } from '../../../media/program/byte-stream.ts'

/** Length of a frame of MP3 at 128 kb/s and 48 kHz. */
const frameBytes = 384

function frame(mark: number): Buffer {
  return Buffer.concat([Buffer.from([0xff, 0xfb, 0x94, 0x00]), Buffer.alloc(frameBytes - 4, mark)])
}

function openSink(waitingBytes = 0) {
  const got: Buffer[] = []
  const calls: string[] = []
  const sink: ByteSink = {
    write: bytes => got.push(bytes),
    waitingBytes,
    end: () => calls.push('end'),
    drop: () => calls.push('drop')
  }
  return { sink, calls, bytes: () => Buffer.concat(got) }
}

t.test('a listener joins at a frame, and one who does not read is cut off', async t => {
  let dropped = 0
  const stream = createByteStream('mp3', () => dropped++)
  t.teardown(() => stream.close())
  const [reader, stuck] = [openSink(), openSink(maxWaitingBytes)]
  stream.add(reader.sink)
  stream.add(stuck.sink)
  const whole = Buffer.concat([frame(1), frame(2), frame(3)])
  stream.push(whole.subarray(0, 500))
  stream.push(whole.subarray(500, 1000))
  while (reader.bytes().length === 0) await new Promise(resolve => setTimeout(resolve, 5))
  t.same(reader.bytes(), Buffer.concat([frame(1), frame(2)]), 'whole frames only')
  t.same([stuck.calls, reader.calls, dropped, stream.size], [['drop'], [], 1, 1])

  const late = openSink()
  stream.add(late.sink)
  t.same(late.bytes(), reader.bytes(), 'gets the last moments at once')
  stream.restart()
  stream.push(frame(4))
  while (late.bytes().length === 2 * frameBytes) await new Promise(resolve => setTimeout(resolve, 5))
  t.same(late.bytes().subarray(2 * frameBytes), frame(4), 'the torn frame of the run before is left out')
  stream.close()
  t.same([late.calls, reader.calls], [['end'], ['end']])
})
