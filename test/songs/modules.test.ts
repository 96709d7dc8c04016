import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { testAtNight } from '../depth.ts'
import { isSongFile, withoutExtension } from '../../contract/song-files.ts'
import { displayText } from '../../plugins/app/songs/transcode/display-text.ts'
import { formatOf, headBytes, mayBeAudio, searchedBytes } from '../../plugins/app/songs/transcode/formats.ts'
import { makeModule, moduleMs, moduleToneHz, type ModuleKind } from './modules.ts'
import { transcoded } from './transcoding.ts'

const kinds: readonly ModuleKind[] = ['mod', 'xm', 's3m', 'it']
/** libopenmpt lets the last row fade. */
const maxTailMs = 250

/** Returns how often a second of a song rises through zero: the frequency of a tone. */
async function toneOf(song: Buffer): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'ambient-module-'))
  try {
    await writeFile(join(folder, 'song.ogg'), song)
    const { stdout } = await promisify(execFile)(
      'ffmpeg',
      ['-nostdin', '-loglevel', 'error', '-ss', '1', '-t', '1', '-i', join(folder, 'song.ogg')].concat(
        ...['-af', 'lowpass=2000', '-ac', '1', '-ar', '48000', '-f', 's16le', '-'].map(arg => [arg])
      ),
      { encoding: 'buffer', maxBuffer: 1_000_000 }
    )
    const samples = Array.from({ length: stdout.length / 2 }, (_, n) => stdout.readInt16LE(2 * n))
    return samples.filter((sample, n) => sample >= 0 && (samples[n - 1] ?? 0) < 0).length
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

t.test('tracker modules are songs that sound as they were written', async t => {
  for (const kind of kinds) {
    const file = makeModule(kind, { title: 'A tune' })
    t.same(formatOf(file.subarray(0, searchedBytes)), { demuxer: 'libopenmpt', extension: kind })
    const { durationMs, title, artist, album, peaks, bytes } = await transcoded(file)
    t.same({ title, artist, album }, { title: 'A tune', artist: null, album: null }, kind)
    t.ok(durationMs >= moduleMs() && durationMs < moduleMs() + maxTailMs, `${kind}: ${durationMs} ms`)
    t.ok(Math.max(...peaks) > 0.1, `${kind} is heard`)
    const hz = await toneOf(bytes)
    t.ok(Math.abs(hz - moduleToneHz) < 0.02 * moduleToneHz, `${kind}: ${hz} Hz`)
  }
})

testAtNight(t, 'a module that jumps back ends, and one without a title takes the name of its file', async t => {
  for (const kind of kinds) {
    const { durationMs, title } = await transcoded(makeModule(kind, { title: '', jumpTo: 0 }))
    t.ok(durationMs >= moduleMs() && durationMs < moduleMs() + maxTailMs, `${kind}: ${durationMs} ms`)
    t.equal(title, null)
  }
})

t.test('a module longer than a song may be is refused', async t => {
  const file = makeModule('xm', { title: 'Long', rows: 256 })
  await t.rejects(transcoded(file, { maxDurationMs: 20_000 }), { name: 'TranscodeError', reason: 'tooLong' })
})

testAtNight(t, 'texts in the code page of DOS are read, without control characters', async t => {
  for (const kind of ['xm', 's3m', 'it'] as const) {
    const { title } = await transcoded(makeModule(kind, { title: 'M\x81ller\x07caf\x82' }))
    t.equal(displayText(title), 'Müller café', kind)
  }
})

t.test('a MOD is found by its signature, which lies behind the first bytes', t => {
  const file = makeModule('mod', { title: 'A tune' })
  t.notOk(mayBeAudio(file.subarray(0, headBytes)))
  for (const signature of ['M.K.', 'M!K!', 'FLT4', 'FLT8', '6CHN', '8CHN', '16CH', '32CN']) {
    const other = Buffer.from(file)
    other.write(signature, 1080)
    t.equal(formatOf(other)?.extension, 'mod', signature)
  }
  const unsigned = Buffer.from(file)
  unsigned.fill(0, 1080, 1084)
  t.equal(formatOf(unsigned), null, 'a module of 15 samples has no signature')
  const text = Buffer.alloc(2000, 'x')
  text.write('M.K.', 1080)
  t.equal(formatOf(text), null, 'a text that has the letters there')
  t.end()
})

t.test('file pickers and imports know the endings of modules', t => {
  for (const kind of kinds) {
    t.ok(isSongFile({ name: `Tune.${kind.toUpperCase()}` }))
    t.equal(withoutExtension(`Tune.${kind}`), 'Tune')
  }
  t.end()
})
