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
