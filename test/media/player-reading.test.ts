import { deepEqual as same } from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { canJoin, joinPackets, packetSamples } from '../../media/player/opus-packet.ts'
import { openOpusSong, type SongPacket } from '../../media/player/opus-song.ts'
import { makeSong } from './made-songs.ts'
import { inMemory, oggPage, writeOgg } from './ogg-writer.ts'

async function readAll(file: Buffer, positionMs = 0): Promise<SongPacket[]> {
  const song = await openOpusSong(inMemory(file))
  const read: SongPacket[] = []
  for await (const packets of song.packets(positionMs)) read.push(...packets)
  return read
}

/** CELT of 2.5, 5, 10 or 20 ms, or SILK of 40 or 60, with one frame; the rest is noise. */
const packet = fc
  .tuple(
    fc.constantFrom(2, 3, 16, 17, 18, 19),
    fc.oneof(fc.integer({ min: 1, max: 1275 }), fc.constantFrom(254, 255, 256, 509, 510, 511)),
    fc.nat(255)
  )
  .map(([config, length, noise]) => {
    const bytes = Buffer.alloc(length, noise)
    bytes[0] = config << 3
    return bytes
  })

t.test('whatever the packets and pages, all are read, and from any position the right one on', async t => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(packet, { minLength: 1, maxLength: 400, size: 'max' }),
      fc.integer({ min: 1, max: 255 }),
      fc.boolean(),
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (packets, segments, varying, where) => {
        const file = Buffer.concat(
          writeOgg({
            packets,
            samples: packetSamples,
            segmentsOnPage: page => (varying ? 1 + ((page * 7919 + segments) % 255) : segments)
          })
        )
        const all = await readAll(file)
        const [placed, end] = placesOf(packets)
        same(
          all.map(({ data, start }) => ({ data: data.toString('hex'), start })),
          placed
        )
        const { durationMs } = await openOpusSong(inMemory(file))
        same(durationMs, Math.max(0, end) / 48)
        const from = await readAll(file, durationMs * where)
        same(
          from.map(({ start }) => start),
          all
            .filter(({ start, samples }) => start + samples > Math.round(durationMs * where * 48))
            .map(({ start }) => start)
        )
      }
    ),
    { numRuns: 60 }
  )
  t.pass('60 files')
})

/** Where each packet is; those that are over before the music begins are left out. */
function placesOf(packets: readonly Buffer[]): [{ data: string; start: number }[], number] {
  let start = -312
  const placed = packets.map(data => {
    const samples = packetSamples(data)
    start += samples
    return { data: data.toString('hex'), start: start - samples, samples }
  })
  return [placed.flatMap(({ data, start, samples }) => (start + samples > 0 ? [{ data, start }] : [])), start]
}

t.test('what ffmpeg makes is read as ffprobe reads it', async t => {
  for (const frameMs of ['2.5', '5', '10', '20', '40', '60']) {
    const { file, packets } = await makeSong(t, 20, ['-frame_duration', frameMs])
    const read = await readAll(file)
    const probed = packets.filter(({ pts, duration }) => pts + duration > 0)
    t.same(
      read.map(({ start, data }) => ({ pts: start, size: data.length })),
      probed.map(({ pts, size }) => ({ pts, size })),
      `${frameMs} ms`
    )
    // The last one may be cut short.
    t.same(
      read.slice(0, -1).map(({ samples }) => samples),
      probed.slice(0, -1).map(({ duration }) => duration)
    )
    t.equal((await openOpusSong(inMemory(file))).durationMs, 20_000)
  }
  const { file, packets } = await makeSong(t, 5, [
    '-page_duration',
    '20000',
    '-b:a',
    '510k',
    '-metadata',
    `comment=${'long '.repeat(20_000)}`
  ])
  t.same(
    (await readAll(file)).map(({ data }) => data.length),
    packets.map(({ size }) => size),
    'a page for each packet, and tags over many pages'
  )
})

t.test('a position in a long song is found with a few reads', async t => {
  const { file, packets } = await makeSong(t, 180)
  const bytes = inMemory(file, 180_000)
  const song = await openOpusSong(bytes)
  t.ok(bytes.reads <= 3, `${bytes.reads} reads to open it`)
  for (const positionMs of [0, 1, 20, 59_999.9, 90_000, 179_990]) {
    const before = bytes.reads
    const { value } = await song.packets(positionMs).next()
    const first = packets.findLast(({ pts }) => pts <= positionMs * 48)!
    t.equal(value?.[0]?.start, first.pts, `${positionMs} ms`)
    t.ok(bytes.reads - before <= 9, `${bytes.reads - before} reads`)
  }
  t.same(await readAll(file, 180_000), [])
  t.same(await readAll(file, 999_999), [])
})

const tone = (count: number) =>
  Array.from({ length: count }, (_, n) => Buffer.concat([Buffer.from([19 << 3]), Buffer.alloc(240, n)]))
const pagesOf = (count: number, serial = 7) => writeOgg({ packets: tone(count), samples: packetSamples, serial })

t.test('a file that is not one whole stream of Opus is refused', async t => {
  const good = pagesOf(500)
  const wrong: Record<string, Buffer[]> = {
    nothing: [],
    'something else': [Buffer.from('RIFF....WAVE'.repeat(1000))],
    'five channels': writeOgg({ packets: tone(3), samples: packetSamples, channels: 5 }),
    'only headers': good.slice(0, 2),
    'no tags': [good[0]!, ...good.slice(2)],
    'cut off': good.slice(0, -1),
    'cut off in a page': [Buffer.concat(good).subarray(0, -5)],
    'bytes after its end': [...good, Buffer.from('more')],
    'two, one after the other': [...good, ...pagesOf(50, 8)],
    'two, one after the other, of the same number': [...good, ...pagesOf(50)],
    'two at once': [good[0]!, pagesOf(50, 8)[0]!, ...good.slice(1)],
    'a page of another among them': [...good.slice(0, 5), pagesOf(50, 8)[2]!, ...good.slice(5)],
    'a page missing': [...good.slice(0, 5), ...good.slice(6)],
    'a page twice': [...good.slice(0, 5), good[5]!, ...good.slice(5)],
    'a wrong time': [...good.slice(0, 4), retimed(good[4]!), ...good.slice(5)],
    'an empty packet': writeOgg({
      packets: [...tone(2), Buffer.alloc(0), ...tone(2)],
      samples: packet => (packet.length === 0 ? 0 : packetSamples(packet))
    }),
    'a packet of no frames': writeOgg({
      packets: [...tone(2), Buffer.from([(19 << 3) | 3, 0]), ...tone(2)],
      samples: () => 960
    })
  }
  for (const [what, pages] of Object.entries(wrong)) {
    await t.rejects(readAll(Buffer.concat(pages)), { code: 'UNSUPPORTED_MEDIA' }, what)
  }
  await t.resolves(readAll(Buffer.concat(good)))
})

function retimed(page: Buffer): Buffer {
  const segments = page[26]!
  return oggPage({
    granule: Number(page.readBigInt64LE(6)) + 960,
    serial: 7,
    sequence: page.readUInt32LE(18),
    segments: [...page.subarray(27, 27 + segments)],
    body: page.subarray(27 + segments)
  })
}

t.test('whichever byte is damaged, nothing wrong is ever played', async t => {
  const file = Buffer.concat(pagesOf(60))
  const right = new Set((await readAll(file)).map(({ data }) => data.toString('hex')))
  await fc.assert(
    fc.asyncProperty(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
      const damaged = Buffer.from(file)
      damaged[at] = damaged[at]! ^ change
      const played: SongPacket[] = []
      const error: unknown = await (async () => {
        for await (const packets of (await openOpusSong(inMemory(damaged))).packets(0)) played.push(...packets)
      })().catch(error => error)
      if (!(error instanceof Error && 'code' in error && error.code === 'UNSUPPORTED_MEDIA')) {
        throw new Error(`byte ${at}: ${String(error)}`)
      }
      if (played.some(({ data }) => !right.has(data.toString('hex')))) {
        throw new Error(`byte ${at}: something wrong was played`)
      }
    }),
    { numRuns: 300 }
  )
  t.pass('300 damages')
})

t.test('a source that gives less than it has, or fails, is no end of the song', async t => {
  const file = Buffer.concat(pagesOf(500))
  const short = { ...inMemory(file), read: async (start: number, end: number) => file.subarray(start, end - 1) }
  await t.rejects(openOpusSong(short), { code: 'UNSUPPORTED_MEDIA' })
  await t.rejects(
    openOpusSong({
      ...short,
      read: async () => {
        throw new Error('the storage is away')
      }
    }),
    /the storage is away/
  )
})

t.test('packets are joined without touching a frame', async t => {
  const { file } = await makeSong(t, 3, ['-vbr', 'on'])
  const packets = (await readAll(file)).map(({ data }) => data)
  for (let n = 0; n + 3 <= packets.length; n += 3) {
    const three = [packets[n]!, packets[n + 1]!, packets[n + 2]!] as const
    if (!three.every(packet => canJoin(three[0], packet))) continue
    const joined = joinPackets([...three])
    t.equal(packetSamples(joined), 2880)
    t.same(
      framesOf(joined),
      three.map(packet => packet.subarray(1).toString('hex'))
    )
  }
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1275 }), { minLength: 2, maxLength: 6 }), lengths => {
      const [first, ...rest] = lengths.map((length, n) =>
        Buffer.concat([Buffer.from([19 << 3]), Buffer.alloc(length, n)])
      )
      t.same(
        framesOf(joinPackets([first!, ...rest])),
        [first!, ...rest].map(packet => packet.subarray(1).toString('hex'))
      )
    })
  )
  t.equal(joinPackets([packets[0]!]), packets[0], 'one stays as it is')
  t.notOk(canJoin(Buffer.from([19 << 3]), Buffer.from([18 << 3])))
  t.notOk(canJoin(Buffer.from([(19 << 3) | 1]), Buffer.from([(19 << 3) | 1])), 'only what has a single frame')
})

/** The frames of a packet of code 3 with varying lengths: https://www.rfc-editor.org/rfc/rfc6716#section-3.2.5 */
function framesOf(packet: Buffer): string[] {
  t.equal(packet[0]! & 3, 3)
  const count = packet[1]! & 0x3f
  const lengths: number[] = []
  let at = 2
  for (let n = 0; n < count - 1; n++) {
    const first = packet[at++]!
    lengths.push(first < 252 ? first : first + 4 * packet[at++]!)
  }
  const rest = packet.length - at - lengths.reduce((sum, length) => sum + length, 0)
  return [...lengths, rest].map(length => {
    at += length
    return packet.toString('hex', at - length, at)
  })
}
