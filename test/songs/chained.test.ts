import t, { type Test } from 'tap'
import { testAtNight } from '../depth.ts'
import { parsePage, pageLength, type OggPage } from '../../media/player/ogg-page.ts'
import { oggPage } from '../media/ogg-writer.ts'
import { makeFile } from './files.ts'
import { transcoded } from './transcoding.ts'

const opus = ['-c:a', 'libopus', '-b:a', '32k']
const [first, second] = await Promise.all([
  makeFile('a.opus', opus, 'sine=frequency=440:duration=2'),
  makeFile('b.opus', opus, 'sine=frequency=660:duration=3')
])

function pagesOf(file: Buffer): (OggPage & { bytes: Buffer })[] {
  const pages = []
  for (let start = 0; start < file.length;) {
    const bytes = file.subarray(start, start + pageLength(file, start)!)
    pages.push({ ...parsePage(bytes, start)!, bytes })
    start += bytes.length
  }
  return pages
}

/** Returns an Ogg page with an empty packet that ends a stream, as liquidsoap writes it at a change of title. */
function emptyEnd(after: OggPage): Buffer {
  const { serial, sequence, granule } = after
  return oggPage({
    flags: 4,
    granule: granule ?? 0,
    serial,
    sequence: sequence + 1,
    segments: [0],
    body: Buffer.alloc(0)
  })
}

const [head, tags] = pagesOf(first)
const headers = Buffer.concat([head!.bytes, tags!.bytes])
const emptyLink = Buffer.concat([headers, emptyEnd(tags!)])

/** A link whose two packets of 20 ms end within the 80 ms that a decoder drops. */
const short = shortLink({ preSkip: 3840, packets: 2 })

function shortLink({ preSkip, packets }: { preSkip: number; packets: number }): Buffer {
  const [opusHead, opusTags, audio] = pagesOf(first)
  const body = Buffer.from(opusHead!.parts[0]!)
  body.writeUInt16LE(preSkip, 10)
  const serial = 7
  const begin = oggPage({ flags: 2, granule: 0, serial, sequence: 0, segments: [body.length], body })
  const text = opusTags!.parts[0]!
  const parts = audio!.parts.slice(0, packets)
  return Buffer.concat([
    begin,
    oggPage({ granule: 0, serial, sequence: 1, segments: [text.length], body: text }),
    oggPage({
      flags: 4,
      granule: packets * 960,
      serial,
      sequence: 2,
      segments: parts.map(({ length }) => length),
      body: Buffer.concat(parts)
    })
  ])
}

async function plays(t: Test, file: Buffer, expectedMs: number): Promise<void> {
  const { durationMs } = await transcoded(file)
  t.ok(Math.abs(durationMs - expectedMs) < 100, `${durationMs} ms for ${expectedMs} ms`)
}

testAtNight(t, 'links without audio are left out, wherever they are', async t => {
  await plays(t, Buffer.concat([emptyLink, first, second]), 5000)
  await plays(t, Buffer.concat([first, emptyLink, second]), 5000)
  await plays(t, Buffer.concat([headers, emptyLink, second]), 3000)
})

testAtNight(t, 'an empty packet at the end of a link does not end the song', async t => {
  const ended = Buffer.concat([first, emptyEnd(pagesOf(first).at(-1)!), second])
  await plays(t, ended, 5000)
})

t.test('a link of a few packets does not damage the others, as liquidsoap writes one at its start', async t => {
  const vorbis = await makeFile('s.ogg', ['-c:a', 'libvorbis'], 'sine=duration=0.05')
  await plays(t, Buffer.concat([vorbis, second]), 3050)
  await plays(t, Buffer.concat([short, second]), 3000)
})

t.test('a recording of several titles has the tags that they have in common', async t => {
  const titled = async (title: string) =>
    await makeFile(
      't.opus',
      [...opus, '-metadata', `title=${title}`, '-metadata', 'artist=Night Radio'],
      'sine=duration=1'
    )
  const [one, two] = await Promise.all([titled('One'), titled('Two')])
  t.match(await transcoded(Buffer.concat([one, two])), { title: null, artist: 'Night Radio' })
  t.match(await transcoded(Buffer.concat([one, one])), { title: 'One', artist: 'Night Radio' })
})

t.test('a file of links that end before they are heard is not a song', async t => {
  await t.rejects(transcoded(Buffer.concat([short, short])), { name: 'TranscodeError', detail: { cause: 'noAudio' } })
})

t.test('the progress of a chained file follows all of its links', async t => {
  const progress: number[] = []
  await transcoded(Buffer.concat([first, second, first]), { onProgress: value => progress.push(value) })
  const sorted = progress.toSorted((a, b) => a - b)
  t.same(progress, sorted)
  t.ok(progress.filter(value => value === 0.5).length < 5, 'measuring is not done after the first link')
})

testAtNight(t, 'a file of many links causes no warning of Node.js', async t => {
  const warnings: string[] = []
  const onWarning = ({ message }: Error) => warnings.push(message)
  process.on('warning', onWarning)
  t.teardown(() => process.off('warning', onWarning))
  const short = await makeFile('s.opus', opus, 'sine=duration=0.4')
  await plays(t, Buffer.concat(Array.from({ length: 15 }, () => short)), 6000)
  t.same(warnings, [])
})

t.test('links of different codecs, rates and channels are one song', async t => {
  const vorbis = await makeFile('c.ogg', ['-c:a', 'libvorbis', '-ac', '1', '-ar', '22050'], 'sine=duration=2')
  const flac = await makeFile('d.oga', ['-c:a', 'flac', '-ac', '2', '-ar', '44100'], 'sine=duration=2')
  await plays(t, Buffer.concat([vorbis, flac, first]), 6000)
})

t.test('a file whose decoding stops fails with the place where it broke', async t => {
  // An empty packet between others, on one page: the page is intact, and ffmpeg stops there with exit code 0.
  const pages = pagesOf(second)
  const broken = pages.map(({ bytes, serial, sequence, granule, parts, isLast }, n) =>
    n === 3
      ? oggPage({
          flags: isLast ? 4 : 0,
          granule: granule!,
          serial,
          sequence,
          segments: [0, ...bytes.subarray(27, 27 + bytes[26]!)],
          body: Buffer.concat(parts)
        })
      : bytes
  )
  t.ok(pages.length > 4)
  await t.rejects(transcoded(Buffer.concat(broken)), {
    name: 'TranscodeError',
    reason: 'notAudio',
    detail: { cause: 'damaged', atMs: Number }
  })
})

t.test('half of a file is not a song', async t => {
  for (const [name, args] of [
    ['a.flac', []],
    ['a.m4a', ['-c:a', 'aac', '-movflags', '+faststart']],
    ['a.mka', ['-c:a', 'flac']],
    ['a.mp3', []]
  ] as const) {
    const whole = await makeFile(name, args)
    await t.rejects(
      transcoded(whole.subarray(0, whole.length / 2)),
      { name: 'TranscodeError', reason: 'notAudio', detail: { cause: 'damaged' } },
      name
    )
  }
})

testAtNight(t, 'a file of which the decoder loses a large part is not a song', async t => {
  const mono = await makeFile('a.flac', ['-sample_fmt', 's16'])
  const deep = await makeFile('b.flac', ['-sample_fmt', 's32'])
  await t.rejects(transcoded(Buffer.concat([mono, deep])), { name: 'TranscodeError', detail: { cause: 'damaged' } })
})
