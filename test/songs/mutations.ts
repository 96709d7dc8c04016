import { wavHeader } from './wav-header.ts'

/** Damaged files, the same ones for the same seed. */
export interface Mutation {
  name: string
  bytes: Buffer
}

/** A small generator of numbers that can be repeated (mulberry32). */
export function createChance(seed: number): (below: number) => number {
  let state = seed >>> 0
  return below => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

type Damage = (bytes: Buffer, chance: (below: number) => number) => Buffer

const damages: Readonly<Record<string, Damage>> = {
  truncated: (bytes, chance) => bytes.subarray(0, chance(bytes.length)),
  'flipped here and there': (bytes, chance) => scribble(bytes, chance, 1 + chance(200), () => chance(bytes.length)),
  'flipped at its beginning': (bytes, chance) =>
    scribble(bytes, chance, 1 + chance(20), () => chance(Math.min(bytes.length, 512))),
  'with huge claims': (bytes, chance) => claim(bytes, chance, 1 + chance(8), Math.min(bytes.length - 8, 2048)),
  'with a piece left out': (bytes, chance) => cut(bytes, chance(bytes.length), chance(bytes.length)),
  'with a piece twice': (bytes, chance) =>
    Buffer.concat([bytes.subarray(0, chance(bytes.length)), bytes.subarray(chance(bytes.length))]),
  'with zeros in it': (bytes, chance) => fill(bytes, chance(bytes.length), chance(bytes.length)),
  'with noise after its beginning': (bytes, chance) =>
    scribble(bytes, chance, bytes.length >> 2, () => Math.min(bytes.length - 1, 64 + chance(bytes.length))),
  'followed by something else': (bytes, chance) =>
    Buffer.concat([bytes, Buffer.from('#EXTM3U\nfile:///etc/passwd\n'), bytes.subarray(0, chance(bytes.length))])
}

function scribble(bytes: Buffer, chance: (below: number) => number, times: number, place: () => number): Buffer {
  const after = Buffer.from(bytes)
  for (let n = 0; n < times; n++) after[place()] = chance(256)
  return after
}

/** Sizes in a header stand in four bytes, either way round. */
function claim(bytes: Buffer, chance: (below: number) => number, times: number, within: number): Buffer {
  const after = Buffer.from(bytes)
  for (let n = 0; n < times; n++) {
    after.writeUInt32BE([0xffffffff, 0x7fffffff, 0x80000000, 0xffffff00][chance(4)] ?? 0, chance(Math.max(1, within)))
  }
  return after
}

function cut(bytes: Buffer, a: number, b: number): Buffer {
  return Buffer.concat([bytes.subarray(0, Math.min(a, b)), bytes.subarray(Math.max(a, b))])
}

function fill(bytes: Buffer, a: number, b: number): Buffer {
  return Buffer.from(bytes).fill(0, Math.min(a, b), Math.max(a, b))
}

/** So many damaged files, each of one of these. */
export function* mutationsOf(files: ReadonlyMap<string, Buffer>, count: number, seed: number): Generator<Mutation> {
  const chance = createChance(seed)
  const [names, kinds] = [[...files.keys()], Object.keys(damages)]
  for (let n = 0; n < count; n++) {
    const [name = '', kind = ''] = [names[n % names.length], kinds[chance(kinds.length)]]
    const damage = damages[kind]
    if (damage) yield { name: `${n}: ${name} ${kind}`, bytes: damage(files.get(name) ?? Buffer.alloc(0), chance) }
  }
}

/** Files that are something else than they seem, or want to be something more. */
export function impostors(secretPath: string): Mutation[] {
  const lists = {
    m3u: `#EXTM3U\n#EXTINF:10,x\nfile://${secretPath}\n`,
    ffconcat: `ffconcat version 1.0\nfile 'file:${secretPath}'\n`,
    sdp: 'v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n',
    svg: `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="file://${secretPath}"/></svg>`,
    dash: `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period><BaseURL>file://${secretPath}</BaseURL></Period></MPD>`
  }
  const id3 = Buffer.from([0x49, 0x44, 0x33, 3, 0, 0, 0, 0, 0, 0])
  const disguised: Mutation[] = Object.entries(lists).flatMap(([name, text]) => [
    { name, bytes: Buffer.from(text) },
    { name: `${name} behind a tag`, bytes: Buffer.concat([id3, Buffer.from(text)]) },
    { name: `${name} in the clothes of Ogg`, bytes: Buffer.concat([Buffer.from('OggS'), Buffer.from(text)]) },
    {
      name: `${name} in the clothes of MP4`,
      bytes: Buffer.concat([Buffer.from([0, 0, 0, 8]), Buffer.from('ftyp'), Buffer.from(text)])
    }
  ])
  return [
    ...disguised,
    { name: 'nothing', bytes: Buffer.alloc(0) },
    { name: 'one byte', bytes: Buffer.from([0xff]) },
    { name: 'a tag that claims 256 MiB', bytes: Buffer.from([0x49, 0x44, 0x33, 4, 0, 0, 0x7f, 0x7f, 0x7f, 0x7f]) },
    { name: 'an archive', bytes: Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), Buffer.alloc(5000)]) },
    { name: 'compressed nothing', bytes: Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), Buffer.alloc(5000)]) },
    { name: 'a WAV that claims 4 GiB', bytes: wav(0xffffffff, 2, 48_000) },
    { name: 'a WAV of 65,535 channels', bytes: wav(1000, 65_535, 48_000) },
    { name: 'a WAV of 4 GHz', bytes: wav(1000, 2, 0xffffffff) },
    { name: 'an MP4 that refers to another file', bytes: movReference(secretPath) }
  ]
}

/** Says what it likes of the 20,000 bytes in it. */
const wav = (dataBytes: number, channels: number, rate: number): Buffer =>
  Buffer.concat([wavHeader({ dataBytes, channels, rate, bits: 16 }), Buffer.alloc(20_000, 7)])

/** A `url ` data reference, which players of old followed. */
function movReference(path: string): Buffer {
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
