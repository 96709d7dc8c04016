import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { testAtNight } from '../depth.ts'
import { formatOf, mayBeAudio, searchedBytes } from '../../plugins/app/songs/transcode/formats.ts'
import { titleFromFileName } from '../../plugins/app/songs/transcode/display-text.ts'
import { makeFile } from './files.ts'
import { transcoded } from './transcoding.ts'

const sine = 'sine=duration=1'
const [mp3, aac, wav, mov] = await Promise.all([
  makeFile('a.mp3', [], 'sine=duration=2'),
  makeFile('a.aac', ['-c:a', 'aac'], 'sine=duration=2'),
  makeFile('a.wav', [], sine),
  makeFile('a.mov', ['-c:a', 'pcm_s16le'], sine)
])

/** Returns a WAV file with the header of BW64, whose sizes are in a chunk of their own. */
function bw64(): Buffer {
  const data = wav.indexOf('data')
  const sizes = Buffer.alloc(36)
  sizes.write('ds64')
  sizes.writeUInt32LE(28, 4)
  sizes.writeBigUInt64LE(BigInt(wav.length + 28), 8)
  sizes.writeBigUInt64LE(BigInt(wav.length - data - 8), 16)
  const head = Buffer.from(wav.subarray(0, 12))
  head.write('BW64')
  head.writeUInt32LE(0xffffffff, 4)
  return Buffer.concat([head, sizes, wav.subarray(12)])
}

/** Returns AMR: 50 frames of 12.2 kb/s. */
function amr(): Buffer {
  const frame = Buffer.alloc(32, 0x5a)
  frame[0] = 0x3c
  return Buffer.concat([Buffer.from('#!AMR\n'), ...Array.from({ length: 50 }, () => frame)])
}

/** Returns a QuickTime file as older programs write them, without a type at its beginning. */
function untypedMov(): Buffer {
  const file = Buffer.from(mov)
  file.write('free', 4)
  return file
}

t.test('files that begin in the middle of a frame, or behind zeros, are songs', async t => {
  for (const [name, file, demuxer] of [
    ['MP3 from its middle', mp3.subarray(1000), 'mp3'],
    ['AAC from its middle', aac.subarray(500), 'aac'],
    ['MP3 behind zeros', Buffer.concat([Buffer.alloc(50_000), mp3]), 'mp3'],
    ['AAC behind zeros', Buffer.concat([Buffer.alloc(50_000), aac]), 'aac']
  ] as const) {
    t.equal(formatOf(file.subarray(0, searchedBytes))?.demuxer, demuxer, name)
    const { durationMs } = await transcoded(file)
    t.ok(durationMs > 1700 && durationMs < 2200, `${name}: ${durationMs} ms`)
  }
})

t.test('other containers and codecs are songs', async t => {
  for (const [name, file] of [
    ['BW64', bw64()],
    ['QuickTime', mov],
    ['QuickTime without a type', untypedMov()],
    ['Wave64', await makeFile('a.w64', [], sine)],
    ['AMR', amr()],
    ['AC-3', await makeFile('a.ac3', [], sine)],
    ['AC-3 in Matroska', await makeFile('a.mka', ['-c:a', 'ac3'], sine)],
    ['E-AC-3', await makeFile('a.eac3', [], sine)],
    ['Speex', await makeFile('a.spx', ['-c:a', 'libspeex', '-ar', '16000'], sine)]
  ] as const) {
    t.ok(mayBeAudio(file.subarray(0, searchedBytes)), name)
    const { durationMs } = await transcoded(file)
    t.ok(Math.abs(durationMs - 1000) < 120, `${name}: ${durationMs} ms`)
  }
})

t.test('a recording of a browser is as long as it sounds, whatever its header says', async t => {
  // Chromium 156 writes the length of the track in milliseconds, in a field that counts samples.
  const file = await makeFile('a.mp4', ['-c:a', 'libopus', '-movflags', 'frag_keyframe+empty_moov'], sine)
  const header = file.indexOf('mdhd')
  t.equal(file.readUInt32BE(header + 16), 48_000)
  file.writeUInt32BE(1000, header + 20)
  const { durationMs } = await transcoded(file)
  t.ok(Math.abs(durationMs - 1000) < 120, `${durationMs} ms`)
})

t.test('a recording whose end a crash has cut off is a song, a file that lost its middle is not', async t => {
  const fragments = ['-c:a', 'aac', '-movflags', 'frag_keyframe+empty_moov', '-frag_duration', '1000000']
  const file = await makeFile('a.mp4', fragments, 'sine=duration=12')
  const { durationMs } = await transcoded(file.subarray(0, Math.floor(file.length * 0.63)))
  t.ok(durationMs > 6000 && durationMs < 8000, `${durationMs} ms`)
  t.ok(Math.abs((await transcoded(file)).durationMs - 12_000) < 120, 'the whole recording')

  const [from, to] = [Math.floor(file.length * 0.4), Math.floor(file.length * 0.7)]
  const middles = [Buffer.alloc(to - from), Buffer.alloc(to - from, 0xa5), Buffer.alloc(0)]
  for (const middle of middles) {
    const damaged = Buffer.concat([file.subarray(0, from), middle, file.subarray(to)])
    await t.rejects(transcoded(damaged), { name: 'TranscodeError', detail: { cause: 'damaged' } })
  }
  const whole = await makeFile('a.m4a', ['-c:a', 'aac', '-movflags', 'faststart'], 'sine=duration=12')
  await t.rejects(transcoded(whole.subarray(0, Math.floor(whole.length * 0.63))), {
    name: 'TranscodeError',
    detail: { cause: 'damaged' }
  })
})

t.test('frames are found at any rate and layer', async t => {
  for (const [name, args] of [
    ['a.mp2', ['-c:a', 'mp2']],
    ['a.mp3', ['-ar', '22050']],
    ['a.mp3', ['-ar', '11025', '-ac', '1']],
    ['a.mp3', ['-q:a', '4']],
    ['a.aac', ['-ar', '8000']],
    ['a.ac3', ['-ar', '44100']],
    ['a.ac3', ['-ar', '32000']]
  ] as const) {
    const file = await makeFile(name, args, sine)
    const expected = name === 'a.mp2' ? 'mp3' : name.slice(2)
    t.equal(formatOf(file.subarray(1000, 60_000))?.demuxer, expected, `${name} ${args.join(' ')}`)
  }
})

t.test('texts and other files are refused before they are stored', async t => {
  const text = 'A text that is no song.\r\n'.repeat(1000)
  const files = {
    'UTF-16': Buffer.from(`\ufeff${text}`, 'utf16le'),
    'UTF-16, big-endian': Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
    'a short UTF-16 text': Buffer.from('\ufeffno', 'utf16le'),
    'UTF-8': Buffer.from(text),
    zeros: Buffer.alloc(searchedBytes),
    ones: Buffer.alloc(searchedBytes, 0xff),
    nothing: Buffer.alloc(0),
    'a picture': await makeFile('a.png', ['-frames:v', '1'], 'testsrc=size=200x200')
  }
  for (const [name, file] of Object.entries(files)) t.notOk(mayBeAudio(file), name)
})

t.test('an upload without a song says what kept it from becoming one', async t => {
  const pictures = await makeFile('a.mkv', ['-c:v', 'mpeg4'], 'testsrc=size=64x64:duration=1')
  for (const [cause, file] of [
    ['unknownFormat', Buffer.from('a text')],
    ['noAudio', pictures],
    ['unsupportedCodec', await makeFile('a.mka', ['-c:a', 'wmav2'], sine)],
    ['damaged', Buffer.concat([Buffer.from('OggS'), Buffer.alloc(1000)])]
  ] as const) {
    await t.rejects(transcoded(file), { name: 'TranscodeError', reason: 'notAudio', detail: { cause } }, cause)
  }
})

t.test('titles from file names', async t => {
  for (const [name, title] of [
    ['12" Mix.mp3', '12" Mix'],
    ['Symphony No.5', 'Symphony No.5'],
    ['Symphony No.5.FLAC', 'Symphony No.5'],
    ['folder/My_song.m4b', 'My song'],
    ['C:\\Music\\a.b.wav', 'a.b'],
    ['.mp3', null]
  ] as const) {
    t.equal(titleFromFileName(name), title, name)
  }
})

/** Returns the block of a FLAC file that holds a picture. */
function flacPicture(bytes: Buffer, isLast: boolean): Buffer {
  const fields = Buffer.alloc(8 + 10 + 24)
  fields.writeUInt32BE(3, 0)
  fields.writeUInt32BE(10, 4)
  fields.write('image/jpeg', 8)
  fields.writeUInt32BE(bytes.length, 38)
  const header = Buffer.alloc(4)
  header.writeUInt32BE(fields.length + bytes.length)
  header[0] = isLast ? 0x86 : 6
  return Buffer.concat([header, fields, bytes])
}

t.test('a FLAC file with 40 pictures is a song', async t => {
  const flac = await makeFile('a.flac', [], sine)
  const infoEnd = 4 + 4 + 34
  const info = Buffer.from(flac.subarray(0, infoEnd))
  info[4] = 0
  const jpeg = await makeFile('a.jpg', ['-frames:v', '1'], 'testsrc=size=32x32')
  const pictures = Array.from({ length: 40 }, () => flacPicture(jpeg, false))
  const { durationMs, picture } = await transcoded(Buffer.concat([info, ...pictures, flac.subarray(infoEnd)]))
  t.ok(durationMs > 950)
  t.ok(picture?.equals(jpeg))
})

testAtNight(t, 'a large cover is kept, and a huge one does not cost title and artist', async t => {
  const tags = [...['-metadata', 'title=A = title; #1\\', '-metadata', 'artist=An artist']]
  const large = Buffer.alloc(13_000_000, 0x41)
  const tagged = await makeFile('a.mp3', [...tags, '-id3v2_version', '3'], sine)
  const apic = Buffer.concat([Buffer.from('APIC\0\0\0\0\0\0\0image/jpeg\0\x03\0', 'latin1'), large])
  apic.writeUInt32BE(apic.length - 10, 4)
  const sizeOf = (head: Buffer) => head.subarray(6, 10).reduce((size, byte) => (size << 7) | byte, 0)
  const frames = tagged.subarray(10, 10 + sizeOf(tagged)).subarray(0, tagged.indexOf('TSSE') - 10)
  const size = frames.length + apic.length
  const head = Buffer.from([0x49, 0x44, 0x33, 3, 0, 0, size >> 21, (size >> 14) & 127, (size >> 7) & 127, size & 127])
  const song = await transcoded(Buffer.concat([head, frames, apic, tagged.subarray(10 + sizeOf(tagged))]))
  t.match(song, { title: 'A = title; #1\\', artist: 'An artist' })
  t.equal(song.picture?.length, large.length)

  const folder = await mkdtemp(join(tmpdir(), 'ambient-cover-'))
  t.teardown(async () => await rm(folder, { recursive: true, force: true }))
  const huge = flacPicture(Buffer.alloc(30_000_000, 0x41), true).subarray(4).toString('base64').replaceAll('=', '\\=')
  const list = `;FFMETADATA1\ntitle=A \\= title\\; \\#1\nartist=An artist\nMETADATA_BLOCK_PICTURE=${huge}\n`
  await writeFile(join(folder, 'list'), list)
  const ogg = await makeFile(
    'a.ogg',
    ['-i', join(folder, 'list'), '-map', '0:a', '-map_metadata:s:a', '1', '-c:a', 'libvorbis'],
    sine
  )
  t.ok(ogg.length > 30_000_000)
  t.match(await transcoded(ogg), { title: 'A = title; #1', artist: 'An artist' })
})
