import { Readable } from 'node:stream'
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import type { MeasuredSource } from './measured-source.ts'

/** Memory of one upload is bounded by the parts on their way and the one that is being filled. A part is at least 5 MiB by S3's rules. */
const partBytes = 8 * 1024 * 1024
const partsAtOnce = 2
const contentType = 'application/octet-stream'

/** The name under which a checksum is kept with an object. */
const checksumName = 'sha256'
/** Metadata go ahead of the parts, when the checksum is not known. Said outright, since not all servers drop the metadata of what is replaced. */
const notKept = 'not-kept'

/** The checksum that `putToS3` kept in an object's metadata, if it did. */
export function keptChecksum (metadata: Readonly<Record<string, string>> = {}): string | undefined {
  const checksum = metadata[checksumName]
  return checksum === notKept ? undefined : checksum
}

/**
 * Stores what a source gives: at once with its checksum beside it where it is of one part, and else in parts, which the server makes one
 * object of at the end. Nothing is seen before that, and parts of an upload that fails are given up.
 */
export async function putToS3 (client: S3Client, place: { Bucket: string, Key: string }, source: MeasuredSource): Promise<void> {
  const head = await readHead(source)
  const params = { ...place, ContentType: contentType }
  if (head.ended) {
    const Body = Buffer.concat(head.chunks)
    await client.send(new PutObjectCommand({ ...params, Body, ContentLength: Body.length, Metadata: { [checksumName]: source.sha256() } }))
    return
  }
  const Body = Readable.from(joined(head.chunks, source.bytes), { objectMode: false })
  try {
    await new Upload({ client, params: { ...params, Body, Metadata: { [checksumName]: notKept } }, partSize: partBytes, queueSize: partsAtOnce }).done()
  } finally {
    Body.destroy()
  }
}

/** What a source gives up to one part, and whether that was all. */
async function readHead ({ bytes }: MeasuredSource): Promise<{ chunks: Uint8Array[], ended: boolean }> {
  const chunks: Uint8Array[] = []
  for (let size = 0; size <= partBytes;) {
    const step = await bytes.next()
    if (step.done === true) return { chunks, ended: true }
    chunks.push(step.value)
    size += step.value.byteLength
  }
  return { chunks, ended: false }
}

async function * joined (head: Uint8Array[], rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  // What was given on is held no longer.
  for (let chunk = head.shift(); chunk; chunk = head.shift()) yield chunk
  yield * rest
}
