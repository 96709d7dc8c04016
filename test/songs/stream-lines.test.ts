import t from 'tap'
import { streamLinesOf } from '../../plugins/app/songs/transcode/stream-lines.ts'

t.test('the lines of streams are found, and tags that repeat their words are not', async t => {
  const words = 'Stream #0:0: Audio: '.repeat(1600)
  const lines = streamLinesOf(
    [
      "Input #0, wav, from 'file:upload.wav':",
      '  Metadata:',
      `    title           : ${words}`,
      `                    : ${words}`,
      '  Duration: 00:00:01.00, bitrate: 1 kb/s',
      '  Stream #0:0: Audio: pcm_s16le, 48000 Hz, 32 channels, s16',
      '    Stream #0:1(eng): Video: png, 3000x3000 (attached pic)',
      `  Stream #0:2(${words}): Audio: aac`
    ].join('\n')
  )
  t.same(lines.slice(0, 2), [
    'Stream #0:0: Audio: pcm_s16le, 48000 Hz, 32 channels, s16',
    'Stream #0:1(eng): Video: png, 3000x3000 (attached pic)'
  ])
  t.equal(lines.length, 3)
  t.ok((lines[2]?.length ?? 0) <= 1000)
})
