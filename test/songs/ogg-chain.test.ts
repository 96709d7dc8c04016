import t from 'tap'
import { readOggChain } from '../../plugins/app/songs/transcode/ogg-chain.ts'
import { oggPage } from '../media/ogg-writer.ts'

const sourceOf = (file: Buffer) => ({
  sizeBytes: file.length,
  read: async (start: number, end: number) => Buffer.from(file.subarray(start, end))
})

t.test('a file in which damaged pages seem to begin everywhere is given up, and others have their turn', async t => {
  const header = Buffer.alloc(27, 0xff)
  header.write('OggS\0\0', 'latin1')
  let turns = 0
  const timer = setInterval(() => turns++, 0)
  t.teardown(() => clearInterval(timer))
  // Each of the 155,000 pages claims 255 segments: checking them all would take minutes.
  await t.rejects(readOggChain(sourceOf(Buffer.alloc(4 * 1024 * 1024, header))), { code: 'UNSUPPORTED_MEDIA' })
  t.ok(turns > 0)
})

t.test('a file with some damaged pages is read', async t => {
  const page = (sequence: number) =>
    oggPage({ flags: 0, granule: sequence, serial: 1, sequence, segments: [1], body: Buffer.alloc(1) })
  const damaged = Buffer.from(page(2))
  damaged.writeUInt8(7, damaged.length - 1)
  const first = oggPage({ flags: 2, granule: 0, serial: 1, sequence: 0, segments: [1], body: Buffer.alloc(1) })
  const file = Buffer.concat([first, page(1), ...Array<Buffer>(50).fill(damaged), page(3)])
  await t.resolves(readOggChain(sourceOf(file)))
})

t.test('a file with more gaps than a recording can have is refused', async t => {
  const page = (segments: number[]) =>
    oggPage({ flags: 0, granule: 1, serial: 1, sequence: 1, segments, body: Buffer.alloc(segments[0] ?? 0) })
  const first = oggPage({ flags: 2, granule: 0, serial: 1, sequence: 0, segments: [1], body: Buffer.alloc(1) })
  const gap = Buffer.concat([page([1]), page([0])])
  const file = (gaps: number) => Buffer.concat([first, ...Array<Buffer>(gaps).fill(gap)])
  await t.resolves(readOggChain(sourceOf(file(9_000))))
  await t.rejects(readOggChain(sourceOf(file(10_001))), { name: 'RangeError' })
})

/** An Ogg Opus link of this duration, whose packets nobody decodes. */
function opusLink(serial: number, seconds: number): Buffer {
  const head = Buffer.from('OpusHead\x01\x02\0\0\x80\xbb\0\0\0\0\0', 'latin1')
  const page = (flags: number, sequence: number, granule: number, body: Buffer) =>
    oggPage({ flags, granule, serial, sequence, segments: [body.length], body })
  const silence = Buffer.from([0xf8, 0xff, 0xfe])
  return Buffer.concat([
    page(2, 0, 0, head),
    page(0, 1, 0, Buffer.from('OpusTags')),
    page(0, 2, 960, silence),
    page(4, 3, Math.round(seconds * 48_000), silence)
  ])
}

t.test('a file may have 500 links, but not more than 100 short ones', async t => {
  const file = (short: number, long: number) =>
    Buffer.concat(Array.from({ length: short + long }, (_, n) => opusLink(n, n < short ? 9.9 : 10)))
  t.equal((await readOggChain(sourceOf(file(100, 400)))).length, 500)
  await t.rejects(readOggChain(sourceOf(file(101, 0))), {
    name: 'RangeError',
    message: 'more than 100 links shorter than 10 s'
  })
  await t.rejects(readOggChain(sourceOf(file(0, 501))), { name: 'RangeError', message: 'more than 500 links' })
})
