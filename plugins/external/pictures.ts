import fp from 'fastify-plugin'
import PQueue from 'p-queue'
import sharp from 'sharp'
import { CodedError } from '../../contract/errors.ts'

declare module 'fastify' {
  interface FastifyInstance {
    pictures: Pictures
  }
}

export interface Pictures {
  /**
   * Returns the middle of a JPEG, PNG or WebP as a square WebP of `sidePx`: upright, one frame, without metadata.
   * Throws UNSUPPORTED_MEDIA for any other or damaged file, UNAVAILABLE when too many pictures are waiting.
   */
  square(bytes: Buffer, sidePx: number): Promise<Buffer>
}

/**
 * The size of pictures from phone cameras. Decoded they may have four bytes per pixel; with more bytes per pixel they
 * may have fewer pixels.
 */
const maxPixels = 50_000_000
const maxDecodedBytes = 4 * maxPixels
/**
 * Cameras and editors write at most ten scans. Each scan decodes the whole picture, before the timeout of the encoder
 * applies.
 */
const maxJpegScans = 50
const jpeg = { fill: 0xff, stuffed: 0x00, temporary: 0x01, restart0: 0xd0, begin: 0xd8, end: 0xd9, scan: 0xda }
const maxSidePx = 30_000
const encodeTimeoutSeconds = 10
/** Maximum number of waiting pictures, each of them in memory. */
const maxWaiting = 16

const signatures: ReadonlyArray<(bytes: Buffer) => boolean> = [
  bytes => bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff])),
  bytes => bytes.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])),
  bytes => bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP'
]

/** Disables all decoders except these three, even for files that claim another format. */
function disableOtherDecoders(): void {
  sharp.block({ operation: ['VipsForeignLoad'] })
  sharp.unblock({ operation: ['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer', 'VipsForeignLoadWebpBuffer'] })
}

/**
 * Returns the number of scans of a JPEG. It is read from marker to marker as decoders do, so that embedded thumbnails
 * and appended videos do not count: https://www.w3.org/Graphics/JPEG/itu-t81.pdf
 */
function countScans(bytes: Buffer): number {
  let scans = 0
  for (let at = 0; at + 3 < bytes.length; at++) {
    const marker = bytes[at + 1] ?? jpeg.end
    if (bytes[at] !== jpeg.fill || hasNoLength(marker)) continue
    if (marker === jpeg.end) break
    if (marker === jpeg.scan) scans++
    at += 1 + bytes.readUInt16BE(at + 2)
  }
  return scans
}

/** Tells whether no length follows the marker, or it is not a marker. */
function hasNoLength(marker: number): boolean {
  return (
    marker === jpeg.fill ||
    marker === jpeg.stuffed ||
    marker === jpeg.temporary ||
    (marker >= jpeg.restart0 && marker <= jpeg.begin)
  )
}

async function encodeSquare(bytes: Buffer, sidePx: number): Promise<Buffer> {
  const picture = sharp(bytes, { limitInputPixels: maxPixels, failOn: 'error', pages: 1 })
  const { format, width, height, channels, depth } = await picture.metadata()
  if (width > maxSidePx || height > maxSidePx) throw new Error('a side is too long')
  if (width * height * channels * (depth === 'ushort' ? 2 : 1) > maxDecodedBytes) {
    throw new Error('the decoded picture is too large')
  }
  if (format === 'jpeg' && countScans(bytes) > maxJpegScans) throw new Error('the JPEG has too many scans')
  // Metadata that is not requested is dropped: EXIF, XMP, ICC, text.
  return await picture
    .autoOrient()
    .resize(sidePx, sidePx, { fit: 'cover' })
    .webp({ quality: 82 })
    .timeout({ seconds: encodeTimeoutSeconds })
    .toBuffer()
}

/** Re-encodes pictures one at a time, to leave the processor to the live shows. */
export default fp(
  async app => {
    sharp.cache(false)
    sharp.concurrency(1)
    disableOtherDecoders()
    const log = app.log.child({ part: 'pictures' })
    const queue = new PQueue({ concurrency: 1 })

    async function square(bytes: Buffer, sidePx: number): Promise<Buffer> {
      try {
        return await encodeSquare(bytes, sidePx)
      } catch (error) {
        log.info(
          { reason: error instanceof Error ? error.message : String(error), sizeBytes: bytes.length },
          'picture rejected: not decodable'
        )
        throw new CodedError('UNSUPPORTED_MEDIA', "The picture can't be read, or has too many pixels.")
      }
    }

    app.decorate('pictures', {
      async square(bytes, sidePx) {
        if (!signatures.some(matches => matches(bytes))) {
          throw new CodedError('UNSUPPORTED_MEDIA', 'Send a JPEG, PNG or WebP picture.')
        }
        if (queue.pending + queue.size >= maxWaiting) {
          throw new CodedError('UNAVAILABLE', 'Too many pictures are being uploaded; try again in a moment.')
        }
        return await queue.add(async () => await square(bytes, sidePx))
      }
    })
  },
  { name: 'pictures' }
)
