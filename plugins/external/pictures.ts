import fp from 'fastify-plugin'
import sharp from 'sharp'
import { CodedError } from '../../contract/errors.ts'

declare module 'fastify' {
  interface FastifyInstance {
    pictures: Pictures
  }
}

export interface Pictures {
  /**
   * The middle of a JPEG, PNG or WebP as a square WebP of `sidePx`: upright, one frame, without anything but pixels.
   * Throws UNSUPPORTED_MEDIA for what is none of these or can't be decoded, UNAVAILABLE when too many are waiting.
   */
  square(bytes: Buffer, sidePx: number): Promise<Buffer>
}

/** As large as cameras of phones make them; decoded it may take four bytes a pixel, which of more colours is less pixels. */
const mostPixels = 50_000_000
const mostDecodedBytes = 4 * mostPixels
/** Cameras and editors make ten of them at most. Each goes over all of the picture again, before there is anything a timeout could stop. */
const mostJpegScans = 50
const jpeg = { fill: 0xff, stuffed: 0x00, temporary: 0x01, restart0: 0xd0, begin: 0xd8, end: 0xd9, scan: 0xda }
const longestSidePx = 30_000
const patienceSeconds = 10
/** So many pictures may wait their turn, each in memory. */
const mostWaiting = 16

const signatures: ReadonlyArray<(bytes: Buffer) => boolean> = [
  bytes => bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff])),
  bytes => bytes.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])),
  bytes => bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP'
]

/** No decoder but these three is ever run, whatever a file says it is. */
function allowOnlyOurFormats(): void {
  sharp.block({ operation: ['VipsForeignLoad'] })
  sharp.unblock({ operation: ['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer', 'VipsForeignLoadWebpBuffer'] })
}

/**
 * How often a JPEG goes over its picture. Read from marker to marker as decoders do, so that thumbnails within and films behind do not
 * count: https://www.w3.org/Graphics/JPEG/itu-t81.pdf
 */
function scansOf(bytes: Buffer): number {
  let scans = 0
  for (let at = 0; at + 3 < bytes.length; at++) {
    const marker = bytes[at + 1] ?? jpeg.end
    if (bytes[at] !== jpeg.fill || standsAlone(marker)) continue
    if (marker === jpeg.end) break
    if (marker === jpeg.scan) scans++
    at += 1 + bytes.readUInt16BE(at + 2)
  }
  return scans
}

/** No length follows it, or it is no marker. */
function standsAlone(marker: number): boolean {
  return (
    marker === jpeg.fill ||
    marker === jpeg.stuffed ||
    marker === jpeg.temporary ||
    (marker >= jpeg.restart0 && marker <= jpeg.begin)
  )
}

async function encodeSquare(bytes: Buffer, sidePx: number): Promise<Buffer> {
  const picture = sharp(bytes, { limitInputPixels: mostPixels, failOn: 'error', pages: 1 })
  const { format, width, height, channels, depth } = await picture.metadata()
  if (width > longestSidePx || height > longestSidePx) throw new Error('a side is too long')
  if (width * height * channels * (depth === 'ushort' ? 2 : 1) > mostDecodedBytes) {
    throw new Error('decoded it is too large')
  }
  if (format === 'jpeg' && scansOf(bytes) > mostJpegScans) throw new Error('it has too many scans')
  // What is not asked for is left out: EXIF, XMP, ICC, text.
  return await picture
    .autoOrient()
    .resize(sidePx, sidePx, { fit: 'cover' })
    .webp({ quality: 82 })
    .timeout({ seconds: patienceSeconds })
    .toBuffer()
}

/** Re-encodes pictures one at a time, so that they leave the processor to the live shows. */
export default fp(
  async app => {
    sharp.cache(false)
    sharp.concurrency(1)
    allowOnlyOurFormats()
    const log = app.log.child({ part: 'pictures' })
    let last: Promise<unknown> = Promise.resolve()
    let waiting = 0

    async function square(bytes: Buffer, sidePx: number): Promise<Buffer> {
      try {
        return await encodeSquare(bytes, sidePx)
      } catch (error) {
        log.info(
          { reason: error instanceof Error ? error.message : String(error), sizeBytes: bytes.length },
          'a picture was not decodable'
        )
        throw new CodedError('UNSUPPORTED_MEDIA', "The picture can't be read, or has too many pixels.")
      }
    }

    app.decorate('pictures', {
      async square(bytes, sidePx) {
        if (!signatures.some(fits => fits(bytes))) {
          throw new CodedError('UNSUPPORTED_MEDIA', 'Send a JPEG, PNG or WebP picture.')
        }
        if (waiting >= mostWaiting) {
          throw new CodedError('UNAVAILABLE', 'Many pictures are coming in; try again in a moment.')
        }
        waiting++
        const mine = last.then(async () => await square(bytes, sidePx))
        last = mine
          .catch(() => {})
          .finally(() => {
            waiting--
          })
        return await mine
      }
    })
  },
  { name: 'pictures' }
)
