import { Readable } from 'node:stream'
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { CodedError } from '../../../contract/errors.ts'
import type { MeasuredSource } from './measured-source.ts'
import { asChecksum } from './object-storage.ts'
import { partBytes, putViaDraft } from './s3-draft.ts'

const contentType = 'application/octet-stream'

/** Maximum size of an object that S3 copies in one request. */
const maxObjectBytes = 5 * 1024 ** 3

/** Metadata name of an object's checksum. */
const checksumName = 'sha256'

/** The location of an object, and that of its draft. */
export interface S3Place {
  Bucket: string
  Key: string
  drafts: string
}

/** Returns the checksum that `putToS3` stored in an object's metadata. */
export const storedChecksum = (metadata: Readonly<Record<string, string>> = {}): string | undefined =>
  asChecksum(metadata[checksumName])

/**
 * Stores the bytes of a source with their SHA-256, and returns it. An object of one part is stored in one request, a
 * larger one by way of a draft. Incomplete objects are never visible. Throws PAYLOAD_TOO_LARGE above 5 GiB.
 */
export async function putToS3(client: S3Client, place: S3Place, source: MeasuredSource): Promise<string> {
  const { Bucket, Key, drafts } = place
  const head = await readHead(source)
  if (head.isComplete) {
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
  await putViaDraft(client, { Bucket, Key, drafts, ContentType: contentType, Body, metadata })
  return sha256
}

/** Reads up to one part of a source. */
async function readHead({ bytes }: MeasuredSource): Promise<{ chunks: Uint8Array[]; isComplete: boolean }> {
  const chunks: Uint8Array[] = []
  for (let sizeBytes = 0; sizeBytes <= partBytes;) {
    const step = await bytes.next()
    if (step.done === true) return { chunks, isComplete: true }
    chunks.push(step.value)
    sizeBytes += step.value.byteLength
  }
  return { chunks, isComplete: false }
}

async function* joined(head: Uint8Array[], source: MeasuredSource): AsyncGenerator<Uint8Array, void, undefined> {
  // Drops each chunk once it was passed on.
  for (let chunk = head.shift(); chunk; chunk = head.shift()) yield chunk
  for await (const chunk of source.bytes) {
    if (source.sizeBytes > maxObjectBytes) {
      throw new CodedError('PAYLOAD_TOO_LARGE', 'The storage accepts files of up to 5 GiB.')
    }
    yield chunk
  }
}
