import { crc32, deflateSync } from 'node:zlib'
import sharp, { type Sharp } from 'sharp'

/** A picture of a red and a blue half, so that one can see which side is where. */
export function halves (width = 600, height = 400): Sharp {
  const left = Buffer.alloc(3 * width * height)
  for (let i = 0; i < width * height; i++) left[3 * i + (i % width < width / 2 ? 0 : 2)] = 255
  return sharp(left, { raw: { width, height, channels: 3 } })
}

/** A JPEG as phones make them: lying on its side, and telling where it was taken. */
export async function phonePicture (): Promise<Buffer> {
  return await halves().withExif({ IFD0: { Orientation: '6', Make: 'Phone' }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '52/1 31/1 0/1', GPSLongitudeRef: 'E', GPSLongitude: '13/1 24/1 0/1' } }).withMetadata({ orientation: 6 }).jpeg().toBuffer()
}

/** A PNG that says it has so many pixels and holds as many bytes of zeros as there is room for. */
export function hugePng (width: number, height: number): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(Buffer.alloc(20_000_000))), chunk('IEND', Buffer.alloc(0))])
}

function chunk (type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, sum])
}
