/** A tracker format that songs can come from. */
export type ModuleKind = 'mod' | 'xm' | 's3m' | 'it'

/** The contents of a module: one note of a looped sine in the first channel, for rows of 120 ms each. */
export interface ModuleContents {
  title: string
  /** Number of rows of the pattern. The formats without a number of their own have 64. */
  rows?: number
  /** Orders that the last row jumps to; null ends the song. */
  jumpTo?: number | null
}

/** Frequency of the tone in all modules, Hz. */
export const moduleToneHz = 523.25
/** Duration of a row at speed 6 and tempo 125, ms: https://wiki.openmpt.org/Manual:_Song_Properties */
const rowMs = 120
const defaultRows = 64
/** A period of the sine, and the sample rate at which it has the frequency of the tone. */
const periodSamples = 64
const sampleRateHz = Math.round(moduleToneHz * periodSamples)
const sampleBytes = 64 * periodSamples
const sine = Buffer.from(
  Int8Array.from({ length: sampleBytes }, (_, n) => Math.round(100 * Math.sin((2 * Math.PI * n) / periodSamples)))
)

/** Returns how long a module plays, ms. */
export const moduleMs = ({ rows = defaultRows }: Pick<ModuleContents, 'rows'> = {}): number => rows * rowMs

/** Returns the bytes of a module. */
export function makeModule(kind: ModuleKind, contents: ModuleContents): Buffer {
  return writers[kind](contents)
}

/** Returns a buffer of a size, with fields written at offsets: texts, bytes, or numbers of 16 and 32 bits. */
function fieldsOf(
  size: number,
  fields: Readonly<Record<number, string | Buffer>>,
  words: Readonly<Record<number, number>> = {},
  longs: Readonly<Record<number, number>> = {}
): Buffer {
  const bytes = Buffer.alloc(size)
  for (const [at, value] of Object.entries(fields)) {
    Buffer.from(typeof value === 'string' ? Buffer.from(value, 'latin1') : value).copy(bytes, Number(at))
  }
  for (const [at, value] of Object.entries(words)) bytes.writeUInt16LE(value, Number(at))
  for (const [at, value] of Object.entries(longs)) bytes.writeUInt32LE(value, Number(at))
  return bytes
}

/** Protracker: https://www.aes.id.au/modformat.html. Numbers are big-endian, lengths in words. */
function mod({ title, jumpTo = null }: ModuleContents): Buffer {
  const head = fieldsOf(1084, { 0: title, 20: 'sine', 950: Buffer.from([1, 127]), 1080: 'M.K.' })
  // A period of 16 samples: the note C-2 plays 8,287 samples in a second.
  const short = Buffer.from(sine.filter((_, n) => n % 4 === 0))
  head.writeUInt16BE(short.length / 2, 42)
  head[45] = 64
  head.writeUInt16BE(0, 46)
  head.writeUInt16BE(short.length / 2, 48)
  const pattern = Buffer.alloc(64 * 4 * 4)
  pattern.set([0x01, 0xac, 0x10, 0x00])
  if (jumpTo !== null) pattern.set([0x00, 0x00, 0x0b, jumpTo], 63 * 16 + 4)
  return Buffer.concat([head, pattern, short])
}

/** FastTracker 2: ftp://ftp.modland.com/pub/documents/format_documentation/FastTracker%202%20v2.04%20(.xm).html */
function xm({ title, rows = defaultRows, jumpTo = null }: ModuleContents): Buffer {
  const head = fieldsOf(
    60 + 276,
    { 0: 'Extended Module: ', 17: title.padEnd(20), 37: '\x1aFastTracker v2.00   ' },
    { 58: 0x0104, 64: 1, 66: 0, 68: 2, 70: 1, 72: 1, 74: 1, 76: 6, 78: 125 },
    { 60: 276 }
  )
  const cells = Buffer.alloc(rows * 2 * 5)
  cells.set([49, 1, 0x50, 0, 0])
  if (jumpTo !== null) cells.set([0, 0, 0, 0x0b, jumpTo], (rows * 2 - 1) * 5)
  const pattern = fieldsOf(9, {}, { 5: rows, 7: cells.length }, { 0: 9 })
  const instrument = fieldsOf(263, { 4: 'sine' }, { 27: 1 }, { 0: 263, 29: 40 })
  // A note of a relative one and a fine tune: C-4 at the rate of the sample.
  const semitones = 12 * Math.log2(sampleRateHz / 8363)
  const relative = Math.floor(semitones)
  const header = fieldsOf(40, { 12: Buffer.from([64, Math.round((semitones - relative) * 128), 1, 128, relative]) })
  header.writeUInt32LE(sampleBytes, 0)
  header.writeUInt32LE(0, 4)
  header.writeUInt32LE(sampleBytes, 8)
  const deltas = Buffer.from(sine.map((value, n) => value - (sine[n - 1] ?? 0)))
  return Buffer.concat([head, pattern, cells, instrument, header, deltas])
}

/** Scream Tracker 3: https://moddingwiki.shikadi.net/wiki/S3M_Format. Pointers count paragraphs of 16 bytes. */
function s3m({ title, jumpTo = null }: ModuleContents): Buffer {
  const [instrumentAt, patternAt] = [0x80, 0xd0]
  const channels = Buffer.alloc(32, 255)
  channels[0] = 0
  const row = (n: number) => {
    const note = n === 0 ? [0x20, 0x40, 1] : []
    const jump = n === 63 && jumpTo !== null ? [0x80, 2, jumpTo] : []
    return Buffer.from([...note, ...jump, 0])
  }
  const rows = Buffer.concat(Array.from({ length: 64 }, (_, n) => row(n)))
  const sampleAt = Math.ceil((patternAt + 2 + rows.length) / 16) * 16
  const head = fieldsOf(
    instrumentAt,
    {
      0: title,
      28: Buffer.from([0x1a, 16]),
      44: 'SCRM',
      48: Buffer.from([64, 6, 125, 0xb0, 0, 0xfc]),
      64: channels,
      96: Buffer.from([0, 255])
    },
    { 32: 2, 34: 1, 36: 1, 38: 0, 40: 0x1320, 42: 2, 98: instrumentAt / 16, 100: patternAt / 16 }
  )
  const instrument = fieldsOf(
    patternAt - instrumentAt,
    { 0: Buffer.from([1]), 28: Buffer.from([64, 0, 0, 1]), 48: 'sine', 76: 'SCRS' },
    { 14: sampleAt / 16 },
    { 16: sampleBytes, 20: 0, 24: sampleBytes, 32: sampleRateHz }
  )
  const pattern = fieldsOf(sampleAt - patternAt, { 2: rows }, { 0: rows.length + 2 })
  return Buffer.concat([head, instrument, pattern, Buffer.from(sine.map(value => value ^ 0x80))])
}

/** Impulse Tracker: https://github.com/schismtracker/schismtracker/wiki/ITTECH.TXT, with samples for instruments. */
function it({ title, rows = defaultRows, jumpTo = null }: ModuleContents): Buffer {
  const headBytes = 192 + 2 + 8
  const channels = Buffer.alloc(64, 32)
  const cells = Buffer.concat(
    Array.from({ length: rows }, (_, n) => {
      const note = n === 0 ? [0x81, 3, 60, 1] : []
      const jump = n === rows - 1 && jumpTo !== null ? [0x82, 8, 2, jumpTo] : []
      return Buffer.from([...note, ...jump, 0])
    })
  )
  const sampleAt = headBytes + 80 + 8 + cells.length
  const head = fieldsOf(
    headBytes,
    { 0: 'IMPM', 4: title, 48: Buffer.from([128, 48, 6, 125, 128]), 64: channels, 128: Buffer.alloc(64, 64) },
    { 30: 0x1004, 32: 2, 34: 0, 36: 1, 38: 1, 40: 0x0214, 42: 0x0200, 44: 9, 192: 0xff00 },
    { 194: headBytes, 198: headBytes + 80 }
  )
  const sample = fieldsOf(
    80,
    { 0: 'IMPS', 17: Buffer.from([64, 0x11, 64]), 20: 'sine', 46: Buffer.from([1, 32]) },
    {},
    { 48: sampleBytes, 52: 0, 56: sampleBytes, 60: sampleRateHz, 72: sampleAt }
  )
  const pattern = fieldsOf(8, {}, { 0: cells.length, 2: rows })
  return Buffer.concat([head, sample, pattern, cells, sine])
}

const writers: Readonly<Record<ModuleKind, (contents: ModuleContents) => Buffer>> = { mod, xm, s3m, it }
