import t from 'tap'
import { partSamples } from '../../../media/program/encoding.ts'
import { createHlsStream } from '../../../media/program/hls-stream.ts'

function box(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(8 + body.length)
  head.write(type, 4)
  return Buffer.concat([head, body])
}

const headOf = (value: number) => Buffer.concat([box('ftyp', Buffer.alloc(4)), box('moov', Buffer.alloc(4, value))])
const head = headOf(1)

/** The n-th fragment of a run, of 24 frames, which is a part of the playlist. */
function fragment(n: number): Buffer {
  const time = Buffer.alloc(12, 0)
  time[0] = 1
  time.writeBigUInt64BE(BigInt(n * partSamples), 4)
  const run = Buffer.alloc(8)
  run.writeUInt32BE(24, 4)
  return Buffer.concat([
    box('moof', Buffer.concat([box('tfdt', time), box('trun', run)])),
    box('mdat', Buffer.alloc(4))
  ])
}

const fragments = (count: number) => Array.from({ length: count }, (_, n) => fragment(n))
const timeOf = (part: Buffer | undefined) => Number(part?.readBigUInt64BE(part.indexOf('tfdt') + 8))

const announcedIn = (playlist: string) => /#EXT-X-PRELOAD-HINT:TYPE=PART,URI="([^"]+)"/.exec(playlist)?.[1] ?? ''
const segmentsIn = (playlist: string) => [...playlist.matchAll(/-(\d+)\.m4s$/gm)].map(([, number]) => Number(number))

t.test('a new run of the encoder answers those who wait for a part that never comes', async t => {
  const stream = createHlsStream('run', () => 1_000_000)
  t.teardown(() => stream.close())
  stream.push(Buffer.concat([head, ...fragments(5)]))
  const reload = await stream.reload(undefined)
  const playlist = 'playlist' in reload ? reload.playlist : ''
  const number = segmentsIn(playlist).at(-1)! + 1
  const startedMs = performance.now()
  const waiting = [stream.read(announcedIn(playlist)), stream.reload({ segment: number, part: 1 })] as const
  stream.restart(1_000_000)
  const [part, reloaded] = await Promise.all(waiting)
  t.ok(performance.now() - startedMs < 1000)
  t.equal(part, undefined)
  t.ok('playlist' in reloaded && segmentsIn(reloaded.playlist).includes(number), 'its segment is complete')
})

t.test('the announced part is read once it is there', async t => {
  const stream = createHlsStream('run', () => 1_000_000)
  t.teardown(() => stream.close())
  stream.push(Buffer.concat([head, ...fragments(5)]))
  const reload = await stream.reload(undefined)
  const part = stream.read(announcedIn('playlist' in reload ? reload.playlist : ''))
  const next = fragment(5)
  stream.push(next)
  t.same(await part, next)
  t.equal(await stream.read('unknown'), undefined)
})

t.test('another run of the encoder follows the one before, with the same head and without a discontinuity', async t => {
  const stream = createHlsStream('run', () => 1_000_000)
  t.teardown(() => stream.close())
  stream.push(Buffer.concat([head, ...fragments(5)]))
  stream.restart(1_010_000)
  stream.push(Buffer.concat([head, ...fragments(2)]))
  const { playlist } = (await stream.reload(undefined)) as { playlist: string }
  t.notMatch(playlist, '#EXT-X-DISCONTINUITY\n')
  t.equal(playlist.split('#EXT-X-MAP').length, 2)
  const parts = [...playlist.matchAll(/#EXT-X-PART:.*URI="([^"]+)"/g)].map(([, name]) => name!)
  const times = await Promise.all(parts.map(async name => timeOf(await stream.read(name))))
  t.same(
    times,
    Array.from({ length: 7 }, (_, n) => n * partSamples)
  )
  t.match(playlist, '#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:16:50.000Z', 'the date of the new run')
})

t.test('a run with another head is a discontinuity', async t => {
  const stream = createHlsStream('run', () => 1_000_000)
  t.teardown(() => stream.close())
  stream.push(Buffer.concat([head, ...fragments(4)]))
  stream.restart(1_010_000)
  stream.push(Buffer.concat([headOf(2), ...fragments(4)]))
  const { playlist } = (await stream.reload(undefined)) as { playlist: string }
  t.match(playlist, /#EXT-X-DISCONTINUITY\n#EXT-X-MAP/)
  t.equal(playlist.split('#EXT-X-MAP').length, 3)
})

t.test('a run with another head is a discontinuity, also when the run before it gave its head only', async t => {
  const stream = createHlsStream('run', () => 1_000_000)
  t.teardown(() => stream.close())
  stream.push(Buffer.concat([head, ...fragments(4)]))
  stream.restart(1_010_000)
  stream.push(headOf(2))
  stream.restart(1_020_000)
  stream.push(Buffer.concat([headOf(2), ...fragments(4)]))
  const { playlist } = (await stream.reload(undefined)) as { playlist: string }
  t.match(playlist, /#EXT-X-DISCONTINUITY\n#EXT-X-MAP/)
})
