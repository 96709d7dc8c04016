import { Readable } from 'node:stream'
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { CodedError } from '../../../contract/errors.ts'
import type { MeasuredSource } from './measured-source.ts'
import { asChecksum } from './object-storage.ts'
import { partBytes, putByDraft } from './s3-draft.ts'

const contentType = 'application/octet-stream'

/** What S3 copies at once. */
const mostBytes = 5 * 1024 ** 3

/** The name under which a checksum is kept with an object. */
const checksumName = 'sha256'

/** Where an object is to be, and where drafts of it may lie. */
export interface S3Place {
  Bucket: string
  Key: string
  drafts: string
}

/** The checksum that `putToS3` kept in an object's metadata, if it did. */
export const keptChecksum = (metadata: Readonly<Record<string, string>> = {}): string | undefined =>
  asChecksum(metadata[checksumName])

/**
 * Stores what a source gives, with its SHA-256 beside it, which it answers: at once where it is of one part, and else by way of a draft.
 * Nothing is seen before it is whole. Throws PAYLOAD_TOO_LARGE above 5 GiB.
 */
export async function putToS3(client: S3Client, place: S3Place, source: MeasuredSource): Promise<string> {
  const { Bucket, Key, drafts } = place
  const head = await readHead(source)
  if (head.ended) {
    const [Body, sha256] = [Buffer.concat(head.chunks), source.sha256()]
    await client.send(
      new PutObjectCommand({
        Bucket,
        Key,
        ContentType: contentType,
        Body,
        ContentLength: Body.length,
        Metadata: { [checksumName]: sha256 }
      })
    )
    return sha256
  }
  const Body = Readable.from(joined(head.chunks, source), { objectMode: false })
  let sha256 = ''
  const metadata = () => {
    sha256 = source.sha256()
    return { Metadata: { [checksumName]: sha256 }, sizeBytes: source.sizeBytes }
  }
  await putByDraft(client, { Bucket, Key, drafts, ContentType: contentType, Body, metadata })
  return sha256
}

/** What a source gives up to one part, and whether that was all. */
async function readHead({ bytes }: MeasuredSource): Promise<{ chunks: Uint8Array[]; ended: boolean }> {
  const chunks: Uint8Array[] = []
  for (let size = 0; size <= partBytes;) {
    const step = await bytes.next()
    if (step.done === true) return { chunks, ended: true }
    chunks.push(step.value)
    size += step.value.byteLength
  }
  return { chunks, ended: false }
}

async function* joined(head: Uint8Array[], source: MeasuredSource): AsyncGenerator<Uint8Array, void, undefined> {
  // What was given on is held no longer.
  for (let chunk = head.shift(); chunk; chunk = head.shift()) yield chunk
  for await (const chunk of source.bytes) {
    if (source.sizeBytes > mostBytes) {
      throw new CodedError('PAYLOAD_TOO_LARGE', 'A bucket takes no more than 5 GiB in one object.')
    }
    yield chunk
  }
}
