import { crc32, deflateSync } from 'node:zlib'
import sharp, { type Sharp } from 'sharp'

/** Creates a picture with a red left and a blue right half, which show its orientation. */
export function createTwoColorPicture(width = 600, height = 400): Sharp {
  const left = Buffer.alloc(3 * width * height)
  for (let i = 0; i < width * height; i++) left[3 * i + (i % width < width / 2 ? 0 : 2)] = 255
  return sharp(left, { raw: { width, height, channels: 3 } })
}

/** Creates a JPEG as phones do: rotated, with an orientation and a location. */
export async function createPhonePicture(): Promise<Buffer> {
  return await createTwoColorPicture()
    .withExif({
      IFD0: { Orientation: '6', Make: 'Phone' },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '52/1 31/1 0/1', GPSLongitudeRef: 'E', GPSLongitude: '13/1 24/1 0/1' }
    })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer()
}

/** Creates a PNG of this size whose data is 20 MB of zeros, whatever its size. */
export function createHugePng(width: number, height: number): Buffer {
  return createPng(width, height, [8, 2], 20_000_000)
}

/** Creates a complete PNG, black and transparent, with 16 bits for each of four channels. */
export function createDeepPng(width: number, height: number): Buffer {
  return createPng(width, height, [16, 6], (8 * width + 1) * height)
}

/** Creates a progressive grey JPEG of 64 × 64 pixels with this number of scans. */
export function createScannedJpeg(scans: number): Buffer {
  const segment = (marker: number, ...content: number[]) =>
    Buffer.from([0xff, marker, 0, content.length + 2, ...content])
  const huffmanTable = (kind: number, symbol: number) =>
    segment(0xc4, kind, 1, ...Array.from({ length: 15 }, () => 0), symbol)
  const headers = [
    segment(0xdb, 0, ...Array.from({ length: 64 }, () => 1)),
    segment(0xc2, 8, 0, 64, 0, 64, 1, 1, 0x11, 0),
    huffmanTable(0, 0),
    huffmanTable(0x10, 0xe0)
  ]
  const firstScan = Buffer.concat([segment(0xda, 1, 1, 0, 0, 0, 0), Buffer.alloc(8)])
  // A run of 16,384 blocks without a refinement.
  const refinement = Buffer.concat([segment(0xda, 1, 1, 0, 1, 63, 0), Buffer.alloc(2)])
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    ...headers,
    firstScan,
    ...Array.from({ length: scans - 1 }, () => refinement),
    Buffer.from([0xff, 0xd9])
  ])
}

function createPng(width: number, height: number, kind: [bits: number, colours: number], zeros: number): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set(kind, 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([
    signature,
    createChunk('IHDR', header),
    createChunk('IDAT', deflateSync(Buffer.alloc(zeros))),
    createChunk('IEND', Buffer.alloc(0))
  ])
}

function createChunk(type: string, data: Buffer): Buffer {
  const content = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(content))
  return Buffer.concat([length, content, sum])
}
