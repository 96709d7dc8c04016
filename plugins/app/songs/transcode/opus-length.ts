import { open } from 'node:fs/promises'

/** Maximum size of an Ogg page, so the last page starts within it: https://www.rfc-editor.org/rfc/rfc3533#section-6 */
const maxPageBytes = 65_307
const granuleOffset = 6
const samplesPerMs = 48
const firstPageBytes = 512

/**
 * Returns the playing time and the size of one of our Ogg Opus files. Throws for any other file. The player only sends
 * whole packets of `frameMs`, so the duration includes the part of the last packet that the end of the file would cut
 * off: a list of songs takes as long to play as its durations say.
 */
export async function readOpusLength(
  path: string,
  frameMs: number
): Promise<{ durationMs: number; sizeBytes: number }> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const head = Buffer.alloc(Math.min(size, firstPageBytes))
    await file.read(head, 0, head.length, 0)
    const tail = Buffer.alloc(Math.min(size, maxPageBytes))
    await file.read(tail, 0, tail.length, size - tail.length)
    const lastPage = tail.lastIndexOf('OggS')
    if (head.indexOf('OpusHead') < 0 || lastPage < 0) throw new Error('not an Ogg Opus file')
    // All samples, including the pre-skip that decoders drop: https://www.rfc-editor.org/rfc/rfc7845#section-4
    const samples = Number(tail.readBigInt64LE(lastPage + granuleOffset))
    return { durationMs: Math.ceil(samples / samplesPerMs / frameMs) * frameMs, sizeBytes: size }
  } finally {
    await file.close()
  }
}
