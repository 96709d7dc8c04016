import { wavHeader } from './wav-header.ts'

/** A damaged or disguised file. */
export interface Mutation {
  name: string
  bytes: Buffer
}

/** Creates a repeatable generator of integers below a bound (mulberry32). */
export function createRandom(seed: number): (bound: number) => number {
  let state = seed >>> 0
  return bound => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound)
  }
}

type Random = ReturnType<typeof createRandom>
type Damage = (bytes: Buffer, random: Random) => Buffer

const damages: Readonly<Record<string, Damage>> = {
  truncated: (bytes, random) => bytes.subarray(0, random(bytes.length)),
  'with random bytes': (bytes, random) => scribble(bytes, random, 1 + random(200), () => random(bytes.length)),
  'with random bytes at its start': (bytes, random) =>
    scribble(bytes, random, 1 + random(20), () => random(Math.min(bytes.length, 512))),
  'with huge sizes in its header': (bytes, random) =>
    writeHugeSizes(bytes, random, 1 + random(8), Math.min(bytes.length - 8, 2048)),
  'with a part missing': (bytes, random) => cut(bytes, random(bytes.length), random(bytes.length)),
  'with a part twice': (bytes, random) =>
    Buffer.concat([bytes.subarray(0, random(bytes.length)), bytes.subarray(random(bytes.length))]),
  'with zeros in it': (bytes, random) => fill(bytes, random(bytes.length), random(bytes.length)),
  'with noise after its start': (bytes, random) =>
    scribble(bytes, random, bytes.length >> 2, () => Math.min(bytes.length - 1, 64 + random(bytes.length))),
  'followed by a playlist': (bytes, random) =>
    Buffer.concat([bytes, Buffer.from('#EXTM3U\nfile:///etc/passwd\n'), bytes.subarray(0, random(bytes.length))])
}

function scribble(bytes: Buffer, random: Random, times: number, nextOffset: () => number): Buffer {
  const copy = Buffer.from(bytes)
  for (let n = 0; n < times; n++) copy[nextOffset()] = random(256)
  return copy
}

/** Writes huge numbers over the start of a file, where headers have sizes of four bytes, in either byte order. */
function writeHugeSizes(bytes: Buffer, random: Random, times: number, within: number): Buffer {
  const copy = Buffer.from(bytes)
  for (let n = 0; n < times; n++) {
    copy.writeUInt32BE([0xffffffff, 0x7fffffff, 0x80000000, 0xffffff00][random(4)] ?? 0, random(Math.max(1, within)))
  }
  return copy
}

function cut(bytes: Buffer, a: number, b: number): Buffer {
  return Buffer.concat([bytes.subarray(0, Math.min(a, b)), bytes.subarray(Math.max(a, b))])
}

function fill(bytes: Buffer, a: number, b: number): Buffer {
  return Buffer.from(bytes).fill(0, Math.min(a, b), Math.max(a, b))
}

/** Yields damaged copies of the files, the same ones for the same seed. */
export function* mutationsOf(files: ReadonlyMap<string, Buffer>, count: number, seed: number): Generator<Mutation> {
  const random = createRandom(seed)
  const [names, kinds] = [[...files.keys()], Object.keys(damages)]
  for (let n = 0; n < count; n++) {
    const [name = '', kind = ''] = [names[n % names.length], kinds[random(kinds.length)]]
    const damage = damages[kind]
    if (damage) yield { name: `${n}: ${name} ${kind}`, bytes: damage(files.get(name) ?? Buffer.alloc(0), random) }
  }
}

/** Returns files that are not what they seem: playlists that refer to another file, and files with false headers. */
export function impostors(secretPath: string): Mutation[] {
  const playlists = {
    m3u: `#EXTM3U\n#EXTINF:10,x\nfile://${secretPath}\n`,
    ffconcat: `ffconcat version 1.0\nfile 'file:${secretPath}'\n`,
    sdp: 'v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n',
    svg:
      '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">' +
      `<image xlink:href="file://${secretPath}"/></svg>`,
    dash:
      '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011">' +
      `<Period><BaseURL>file://${secretPath}</BaseURL></Period></MPD>`
  }
  const id3 = Buffer.from([0x49, 0x44, 0x33, 3, 0, 0, 0, 0, 0, 0])
  const disguised: Mutation[] = Object.entries(playlists).flatMap(([name, text]) => [
    { name, bytes: Buffer.from(text) },
    { name: `${name} behind an ID3 tag`, bytes: Buffer.concat([id3, Buffer.from(text)]) },
    { name: `${name} behind the first bytes of Ogg`, bytes: Buffer.concat([Buffer.from('OggS'), Buffer.from(text)]) },
    {
      name: `${name} behind the first bytes of MP4`,
      bytes: Buffer.concat([Buffer.from([0, 0, 0, 8]), Buffer.from('ftyp'), Buffer.from(text)])
    }
  ])
  return [
    ...disguised,
    { name: 'an empty file', bytes: Buffer.alloc(0) },
    { name: 'one byte', bytes: Buffer.from([0xff]) },
    { name: 'a tag that claims 256 MiB', bytes: Buffer.from([0x49, 0x44, 0x33, 4, 0, 0, 0x7f, 0x7f, 0x7f, 0x7f]) },
    { name: 'a ZIP archive', bytes: Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), Buffer.alloc(5000)]) },
    { name: 'a gzip file', bytes: Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), Buffer.alloc(5000)]) },
    { name: 'a WAV that claims 4 GiB', bytes: wav(0xffffffff, 2, 48_000) },
    { name: 'a WAV of 65,535 channels', bytes: wav(1000, 65_535, 48_000) },
    { name: 'a WAV of 4 GHz', bytes: wav(1000, 2, 0xffffffff) },
    { name: 'an MP4 that refers to another file', bytes: mp4WithReference(secretPath) }
  ]
}

/** Returns a WAV with 20,000 bytes of samples, whatever its header says. */
const wav = (dataBytes: number, channels: number, rate: number): Buffer =>
  Buffer.concat([wavHeader({ dataBytes, channels, rate, bits: 16 }), Buffer.alloc(20_000, 7)])

/** Returns an MP4 with a `url ` data reference, which old players follow. */
function mp4WithReference(path: string): Buffer {
  const box = (type: string, ...parts: Buffer[]) => {
    const body = Buffer.concat(parts)
    const head = Buffer.alloc(8)
    head.writeUInt32BE(8 + body.length)
    head.write(type, 4)
    return Buffer.concat([head, body])
  }
  const reference = box('url ', Buffer.from([0, 0, 0, 0]), Buffer.from(`file://${path}\0`))
  return Buffer.concat([
    box('ftyp', Buffer.from('M4A \0\0\0\0M4A ')),
    box(
      'moov',
      box('trak', box('mdia', box('minf', box('dinf', box('dref', Buffer.from([0, 0, 0, 0, 0, 0, 0, 1]), reference)))))
    )
  ])
}
