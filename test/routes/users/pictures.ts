import { crc32, deflateSync } from 'node:zlib'
import sharp, { type Sharp } from 'sharp'

/** A picture of a red and a blue half, so that one can see which side is where. */
export function halves(width = 600, height = 400): Sharp {
  const left = Buffer.alloc(3 * width * height)
  for (let i = 0; i < width * height; i++) left[3 * i + (i % width < width / 2 ? 0 : 2)] = 255
  return sharp(left, { raw: { width, height, channels: 3 } })
}

/** A JPEG as phones make them: lying on its side, and telling where it was taken. */
export async function phonePicture(): Promise<Buffer> {
  return await halves()
    .withExif({
      IFD0: { Orientation: '6', Make: 'Phone' },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '52/1 31/1 0/1', GPSLongitudeRef: 'E', GPSLongitude: '13/1 24/1 0/1' }
    })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer()
}

/** A PNG that says it has so many pixels and holds as many bytes of zeros as there is room for. */
export function hugePng(width: number, height: number): Buffer {
  return pngOf(width, height, [8, 2], 20_000_000)
}

/** A whole PNG, black and transparent, of sixteen bits for each of four colours. */
export function deepPng(width: number, height: number): Buffer {
  return pngOf(width, height, [16, 6], (8 * width + 1) * height)
}

/** Progressive, grey, of 64 × 64 pixels, and refined so many times. */
export function jpegOfScans(scans: number): Buffer {
  const segment = (marker: number, ...content: number[]) =>
    Buffer.from([0xff, marker, 0, content.length + 2, ...content])
  const oneCode = (kind: number, symbol: number) =>
    segment(0xc4, kind, 1, ...Array.from({ length: 15 }, () => 0), symbol)
  const begin = [
    segment(0xdb, 0, ...Array.from({ length: 64 }, () => 1)),
    segment(0xc2, 8, 0, 64, 0, 64, 1, 1, 0x11, 0),
    oneCode(0, 0),
    oneCode(0x10, 0xe0)
  ]
  const first = Buffer.concat([segment(0xda, 1, 1, 0, 0, 0, 0), Buffer.alloc(8)])
  // A run of 16,384 blocks in which nothing is refined.
  const refined = Buffer.concat([segment(0xda, 1, 1, 0, 1, 63, 0), Buffer.alloc(2)])
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    ...begin,
    first,
    ...Array.from({ length: scans - 1 }, () => refined),
    Buffer.from([0xff, 0xd9])
  ])
}

function pngOf(width: number, height: number, kind: [bits: number, colours: number], zeros: number): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set(kind, 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(zeros))),
    chunk('IEND', Buffer.alloc(0))
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, sum])
}
