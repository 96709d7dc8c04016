import { open } from 'node:fs/promises'

/** A page has at most so many bytes, so the last one begins within them: https://www.rfc-editor.org/rfc/rfc3533#section-6 */
const largestPageBytes = 65_307
const granuleAt = 6
const samplesPerMs = 48
const firstPageBytes = 512

/**
 * How long an Ogg Opus file of ours plays on air, and how many bytes it has. Throws for what is none. Only whole packets of `frameMs`
 * are ever sent: with what its end would cut off the last one, a list of songs is as long on air as by the clock.
 */
export async function lengthOf(path: string, frameMs: number): Promise<{ durationMs: number; sizeBytes: number }> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const first = Buffer.alloc(Math.min(size, firstPageBytes))
    await file.read(first, 0, first.length, 0)
    const last = Buffer.alloc(Math.min(size, largestPageBytes))
    await file.read(last, 0, last.length, size - last.length)
    const page = last.lastIndexOf('OggS')
    if (first.indexOf('OpusHead') < 0 || page < 0) throw new Error('it is no Ogg Opus file')
    // All samples, with those at the beginning that decoders skip: https://www.rfc-editor.org/rfc/rfc7845#section-4
    const samples = Number(last.readBigInt64LE(page + granuleAt))
    return { durationMs: Math.ceil(samples / samplesPerMs / frameMs) * frameMs, sizeBytes: size }
  } finally {
    await file.close()
  }
}
