import { deepEqual, equal } from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { runsOf } from '../../depth.ts'
import { canJoin, joinPackets, packetSamples } from '../../../media/player/opus-packet.ts'
import { openOpusSong, type SongPacket } from '../../../media/player/opus-song.ts'
import { inMemory, oggPage, writeOgg } from '../ogg-writer.ts'
import { encodeSong, probePackets } from './encoded-songs.ts'

async function readAll(file: Buffer, positionMs = 0): Promise<SongPacket[]> {
  const song = await openOpusSong(inMemory(file))
  const read: SongPacket[] = []
  for await (const packets of song.packets(positionMs)) read.push(...packets)
  return read
}

/** Packets of one frame: CELT of 2.5, 5, 10 or 20 ms, or SILK of 40 or 60 ms. The frame is filled with one byte. */
const packet = fc
  .tuple(
    fc.constantFrom(2, 3, 16, 17, 18, 19),
    fc.oneof(fc.integer({ min: 1, max: 1275 }), fc.constantFrom(254, 255, 256, 509, 510, 511)),
    fc.nat(255)
  )
  .map(([config, length, fill]) => {
    const bytes = Buffer.alloc(length, fill)
    bytes[0] = config << 3
    return bytes
  })

t.test('any packets on any pages are read completely, and from any position', async t => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(packet, { minLength: 1, maxLength: 400, size: 'max' }),
      fc.integer({ min: 1, max: 255 }),
      fc.boolean(),
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (packets, segments, isVarying, fraction) => {
        const file = Buffer.concat(
          writeOgg({
            packets,
            samples: packetSamples,
            segmentsOnPage: page => (isVarying ? 1 + ((page * 7919 + segments) % 255) : segments)
          })
        )
        const all = await readAll(file)
        const [expected, end] = expectedPackets(packets)
        deepEqual(
          all.map(({ data, start }) => ({ data: data.toString('hex'), start })),
          expected
        )
        const { durationMs } = await openOpusSong(inMemory(file))
        deepEqual(durationMs, Math.max(0, end) / 48)
        const from = await readAll(file, durationMs * fraction)
        deepEqual(
          from.map(({ start }) => start),
          all
            .filter(({ start, samples }) => start + samples > Math.round(durationMs * fraction * 48))
            .map(({ start }) => start)
        )
      }
    ),
    { numRuns: 60 }
  )
  t.pass('60 files')
})

/** Returns each packet with its start, without the packets that end before the music begins; and the end. */
function expectedPackets(packets: readonly Buffer[]): [{ data: string; start: number }[], number] {
  let start = -312
  const placed = packets.map(data => {
    const samples = packetSamples(data)
    start += samples
    return { data: data.toString('hex'), start: start - samples, samples }
  })
  return [placed.flatMap(({ data, start, samples }) => (start + samples > 0 ? [{ data, start }] : [])), start]
}

t.test('a file of ffmpeg is read as ffprobe reads it', async t => {
  for (const frameMs of ['2.5', '5', '10', '20', '40', '60']) {
    const song = await encodeSong(t, 20, ['-frame_duration', frameMs])
    const read = await readAll(song.file)
    const probed = (await probePackets(song)).filter(({ pts, duration }) => pts + duration > 0)
    deepEqual(
      read.map(({ start, data }) => ({ pts: start, size: data.length })),
      probed.map(({ pts, size }) => ({ pts, size })),
      `${frameMs} ms`
    )
    // The last packet may be cut short.
    deepEqual(
      read.slice(0, -1).map(({ samples }) => samples),
      probed.slice(0, -1).map(({ duration }) => duration)
    )
    t.equal((await openOpusSong(inMemory(song.file))).durationMs, 20_000)
  }
  const song = await encodeSong(t, 5, [
    '-page_duration',
    '20000',
    '-b:a',
    '510k',
    '-metadata',
    `comment=${'long '.repeat(20_000)}`
  ])
  t.same(
    (await readAll(song.file)).map(({ data }) => data.length),
    (await probePackets(song)).map(({ size }) => size),
    'one packet on each page, and tags over many pages'
  )
})

t.test('a position in a long song is found with few reads', async t => {
  const encoded = await encodeSong(t, 180, ['-b:a', '256k'])
  const packets = await probePackets(encoded)
  const source = inMemory(encoded.file, 180_000)
  const song = await openOpusSong(source)
  t.ok(source.reads <= 3, `${source.reads} reads to open it`)
  for (const positionMs of [0, 1, 20, 59_999.9, 90_000, 179_990]) {
    const before = source.reads
    const { value } = await song.packets(positionMs).next()
    const first = packets.findLast(({ pts }) => pts <= positionMs * 48)!
    t.equal(value?.[0]?.start, first.pts, `${positionMs} ms`)
    t.ok(source.reads - before <= 9, `${source.reads - before} reads`)
  }
  t.same(await readAll(encoded.file, 180_000), [])
  t.same(await readAll(encoded.file, 999_999), [])
})

const packetsOf = (count: number) =>
  Array.from({ length: count }, (_, n) => Buffer.concat([Buffer.from([19 << 3]), Buffer.alloc(240, n)]))
const pagesOf = (count: number, serial = 7) => writeOgg({ packets: packetsOf(count), samples: packetSamples, serial })

t.test('a file that is not one whole Opus stream is rejected', async t => {
  const valid = pagesOf(500)
  const invalid: Record<string, Buffer[]> = {
    'an empty file': [],
    'another format': [Buffer.from('RIFF....WAVE'.repeat(1000))],
    'five channels': writeOgg({ packets: packetsOf(3), samples: packetSamples, channels: 5 }),
    'headers only': valid.slice(0, 2),
    'no tags': [valid[0]!, ...valid.slice(2)],
    'cut off': valid.slice(0, -1),
    'cut off within a page': [Buffer.concat(valid).subarray(0, -5)],
    'bytes after the end': [...valid, Buffer.from('more')],
    'two streams, one after the other': [...valid, ...pagesOf(50, 8)],
    'two streams with the same serial, one after the other': [...valid, ...pagesOf(50)],
    'two multiplexed streams': [valid[0]!, pagesOf(50, 8)[0]!, ...valid.slice(1)],
    'a page of another stream': [...valid.slice(0, 5), pagesOf(50, 8)[2]!, ...valid.slice(5)],
    'a missing page': [...valid.slice(0, 5), ...valid.slice(6)],
    'a repeated page': [...valid.slice(0, 5), valid[5]!, ...valid.slice(5)],
    'a wrong granule': [...valid.slice(0, 4), withLaterGranule(valid[4]!), ...valid.slice(5)],
    'an empty packet': writeOgg({
      packets: [...packetsOf(2), Buffer.alloc(0), ...packetsOf(2)],
      samples: packet => (packet.length === 0 ? 0 : packetSamples(packet))
    }),
    'a packet without frames': writeOgg({
      packets: [...packetsOf(2), Buffer.from([(19 << 3) | 3, 0]), ...packetsOf(2)],
      samples: () => 960
    })
  }
  for (const [name, pages] of Object.entries(invalid)) {
    await t.rejects(readAll(Buffer.concat(pages)), { code: 'UNSUPPORTED_MEDIA' }, name)
  }
  await t.resolves(readAll(Buffer.concat(valid)))
})

function withLaterGranule(page: Buffer): Buffer {
  const segments = page[26]!
  return oggPage({
    granule: Number(page.readBigInt64LE(6)) + 960,
    serial: 7,
    sequence: page.readUInt32LE(18),
    segments: [...page.subarray(27, 27 + segments)],
    body: page.subarray(27 + segments)
  })
}

t.test('no wrong packet is ever read from a file with a damaged byte', async t => {
  const file = Buffer.concat(pagesOf(60))
  const validPackets = new Set((await readAll(file)).map(({ data }) => data.toString('hex')))
  await fc.assert(
    fc.asyncProperty(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
      const damaged = Buffer.from(file)
      damaged[at] = damaged[at]! ^ change
      const read: SongPacket[] = []
      const error: unknown = await (async () => {
        for await (const packets of (await openOpusSong(inMemory(damaged))).packets(0)) read.push(...packets)
      })().catch(error => error)
      if (!(error instanceof Error && 'code' in error && error.code === 'UNSUPPORTED_MEDIA')) {
        throw new Error(`byte ${at}: ${String(error)}`)
      }
      if (read.some(({ data }) => !validPackets.has(data.toString('hex')))) {
        throw new Error(`byte ${at}: a wrong packet was read`)
      }
    }),
    { numRuns: runsOf(100, 300) }
  )
  t.pass('300 damaged files')
})

t.test('a source that returns too few bytes, or fails, does not end the song', async t => {
  const file = Buffer.concat(pagesOf(500))
  const short = { ...inMemory(file), read: async (start: number, end: number) => file.subarray(start, end - 1) }
  await t.rejects(openOpusSong(short), { code: 'UNSUPPORTED_MEDIA' })
  await t.rejects(
    openOpusSong({
      ...short,
      read: async () => {
        throw new Error('the storage is unavailable')
      }
    }),
    /the storage is unavailable/
  )
})

t.test('packets are joined without changing a frame', async t => {
  const { file } = await encodeSong(t, 3, ['-vbr', 'on'])
  const packets = (await readAll(file)).map(({ data }) => data)
  for (let n = 0; n + 3 <= packets.length; n += 3) {
    const three = [packets[n]!, packets[n + 1]!, packets[n + 2]!] as const
    if (!three.every(packet => canJoin(three[0], packet))) continue
    const joined = joinPackets([...three])
    equal(packetSamples(joined), 2880)
    deepEqual(
      framesOf(joined),
      three.map(packet => packet.subarray(1).toString('hex'))
    )
  }
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1275 }), { minLength: 2, maxLength: 6 }), lengths => {
      const [first, ...rest] = lengths.map((length, n) =>
        Buffer.concat([Buffer.from([19 << 3]), Buffer.alloc(length, n)])
      )
      deepEqual(
        framesOf(joinPackets([first!, ...rest])),
        [first!, ...rest].map(packet => packet.subarray(1).toString('hex'))
      )
    })
  )
  t.equal(joinPackets([packets[0]!]), packets[0], 'a single packet stays as it is')
  t.notOk(canJoin(Buffer.from([19 << 3]), Buffer.from([18 << 3])))
  t.notOk(canJoin(Buffer.from([(19 << 3) | 1]), Buffer.from([(19 << 3) | 1])), 'only packets of a single frame')
})

/**
 * Returns the frames of a packet of code 3 with variable lengths: https://www.rfc-editor.org/rfc/rfc6716#section-3.2.5
 */
function framesOf(packet: Buffer): string[] {
  equal(packet[0]! & 3, 3)
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
