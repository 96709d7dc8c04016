import { open } from 'node:fs/promises'

/** A page has at most so many bytes, so the last one begins within them: https://www.rfc-editor.org/rfc/rfc3533#section-6 */
const largestPageBytes = 65_307
const granuleAt = 6
const preSkipAt = 10
const samplesPerMs = 48
const firstPageBytes = 512

/** How long an Ogg Opus file of ours plays, and how many bytes it has. Throws for what is none. */
export async function lengthOf (path: string): Promise<{ durationMs: number, sizeBytes: number }> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const first = Buffer.alloc(Math.min(size, firstPageBytes))
    await file.read(first, 0, first.length, 0)
    const last = Buffer.alloc(Math.min(size, largestPageBytes))
    await file.read(last, 0, last.length, size - last.length)
    const [head, page] = [first.indexOf('OpusHead'), last.lastIndexOf('OggS')]
    if (head < 0 || page < 0) throw new Error('it is no Ogg Opus file')
    // What the decoder makes at the beginning is skipped: https://www.rfc-editor.org/rfc/rfc7845#section-4
    const samples = Number(last.readBigInt64LE(page + granuleAt)) - first.readUInt16LE(head + preSkipAt)
    return { durationMs: Math.round(samples / samplesPerMs), sizeBytes: size }
  } finally {
    await file.close()
  }
}
