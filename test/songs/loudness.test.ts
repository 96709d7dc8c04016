import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { testAtNight } from '../depth.ts'
import {
  correctionFilters,
  firstCorrection,
  loudnessFault,
  nextCorrection
} from '../../plugins/app/songs/transcode/loudness.ts'
import { makeFile, probe } from './files.ts'
import { transcoded } from './transcoding.ts'

const noise = (amplitude: number) => `anoisesrc=color=pink:amplitude=${amplitude}:duration=3:sample_rate=44100:seed=7`

/** Measures loudness and true peak of a file, independently of the server. */
async function measured(bytes: Uint8Array): Promise<{ lufs: number; truePeak: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'ambient-loudness-'))
  try {
    await writeFile(join(folder, 'song'), bytes)
    const { stderr } = await promisify(execFile)('ffmpeg', [
      ...['-hide_banner', '-nostdin', '-i', join(folder, 'song')],
      ...['-af', 'loudnorm=print_format=json', '-f', 'null', '-']
    ])
    const value = (name: string) => Number(new RegExp(`"${name}" : "([^"]+)"`).exec(stderr)![1])
    return { lufs: value('input_i'), truePeak: value('input_tp') }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function isCorrected(t: Test, file: Uint8Array, expectedMs: number, name: string): Promise<void> {
  const { bytes } = await transcoded(file)
  const { lufs, truePeak } = await measured(bytes)
  t.ok(Math.abs(lufs + 16) <= 2, `${name}: ${lufs} LUFS`)
  t.ok(truePeak <= -1, `${name}: ${truePeak} dBTP`)
  const { durationMs } = await probe(bytes)
  t.ok(Math.abs(durationMs - expectedMs) <= 100, `${name}: ${durationMs} ms`)
}

testAtNight(t, 'a file whose format changes inside is corrected as a whole', async t => {
  const quiet = await makeFile('a.ogg', ['-c:a', 'libvorbis', '-ac', '1'], noise(0.02))
  const loud = await makeFile('b.ogg', ['-c:a', 'libvorbis', '-ac', '2'], noise(0.5))
  await isCorrected(t, Buffer.concat([quiet, loud]), 6000, 'quiet mono, then loud stereo')
  const [mono, stereo] = await Promise.all([
    makeFile('a.mp3', ['-ac', '1', '-ar', '32000'], noise(0.02)),
    makeFile('b.mp3', ['-ac', '2', '-ar', '48000'], noise(0.5))
  ])
  await isCorrected(t, Buffer.concat([stereo, mono, stereo]), 9100, 'MP3 whose rate changes')
})

t.test('loudness is corrected behind the downmix', async t => {
  await isCorrected(t, await makeFile('a.flac', ['-ac', '1'], noise(0.1)), 3000, 'mono')
  const peaks = '0.05*random(0)+0.9*eq(mod(floor(t*48000),24000),0)'
  const channels = Array.from({ length: 6 }, () => peaks).join('|')
  const surround = await makeFile(
    'b.flac',
    [],
    `aevalsrc='${channels}':channel_layout=5.1:duration=3:sample_rate=48000`
  )
  await isCorrected(t, surround, 3000, '5.1 with high peaks')
})

t.test('short, loud sounds reach the loudness of songs', async t => {
  const crackle = "aevalsrc='0.9*gt(random(0),0.997)*(random(1)-0.5)*2+0.02*sin(880*t)':d=3:s=48000"
  await isCorrected(t, await makeFile('a.flac', [], crackle), 3000, 'crackle')
})

testAtNight(t, 'channels without known places are mixed down', async t => {
  const labels = Array.from({ length: 32 }, (_, n) => `[c${n}]`).join('')
  const file = await makeFile('a.wav', [
    ...['-filter_complex', `[0]asplit=32${labels};${labels}amerge=inputs=32[all]`, '-map', '[all]']
  ])
  await isCorrected(t, file, 3000, '32 channels')
})

t.test('a sound too short to measure is not louder than its peaks allow', async t => {
  const file = await makeFile('a.flac', [], 'sine=duration=0.2,volume=20dB')
  const { bytes } = await transcoded(file)
  t.ok((await measured(bytes)).truePeak <= -1)
})

testAtNight(t, 'sound that cannot reach the loudness of songs fails with that reason', async t => {
  const clicks = await makeFile('a.wav', [], "aevalsrc='0.9*eq(mod(floor(t*48000),48000),0)':d=4:s=48000")
  await t.rejects(transcoded(clicks), { name: 'TranscodeError', reason: 'notAudio', detail: { cause: 'loudness' } })
})

t.test('the bounds of a finished song', async t => {
  t.equal(loudnessFault({ integrated: -18, truePeak: -1 }), null)
  t.equal(loudnessFault({ integrated: null, truePeak: -Infinity }), null, 'silence')
  t.match(loudnessFault({ integrated: -18.1, truePeak: -1 }), /-18.1 LUFS/)
  t.match(loudnessFault({ integrated: -13.9, truePeak: -9 }), /-13.9 LUFS/)
  t.match(loudnessFault({ integrated: -16, truePeak: -0.9 }), /-0.9 dBTP/)
})

t.test('a limiter is used only where the peaks need it, and lower at a next attempt', async t => {
  const dynamic = { integrated: -30, truePeak: -6 }
  const correction = firstCorrection(dynamic)
  t.match(correctionFilters(correction, dynamic).join(), /volume=14.00dB.*alimiter=limit=-2.00dB/)
  t.same(correctionFilters(firstCorrection({ integrated: -10, truePeak: -1 }), { integrated: -10, truePeak: -1 }), [
    'volume=-6.00dB'
  ])
  const turnedDown = nextCorrection(correction, { integrated: -16.5, truePeak: -0.5 })
  t.ok(turnedDown.gainDb < 13.5 && turnedDown.ceilingDb < -2.5 && !turnedDown.clips, 'its loudness allows that')
  const denser = nextCorrection(correction, { integrated: -17.9, truePeak: -0.5 })
  t.ok(denser.gainDb > 15 && denser.ceilingDb < -2.5 && denser.clips, 'it would be too quiet')
  t.match(correctionFilters(denser, dynamic).join(), /asoftclip.*alimiter/)
  const tooLoud = nextCorrection(correction, { integrated: -13, truePeak: -3 })
  t.same(tooLoud, { gainDb: 11, ceilingDb: -2, clips: false })
})

testAtNight(t, 'the waveform of antiphase stereo is not flat', async t => {
  const file = await makeFile('a.flac', [], "aevalsrc='0.5*sin(880*PI*t)*t/3|-0.5*sin(880*PI*t)*t/3':d=3:s=48000")
  const { peaks } = await transcoded(file)
  t.ok(peaks.at(-8)! > 0.85 && peaks[20]! < 0.2, `${peaks[20]} … ${peaks.at(-8)}`)
  t.equal(new Set(peaks).size > 20, true, 'it rises')
})
