import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import { CopyObjectCommand, DeleteObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'

/** Where drafts lie, below the prefix that is ours. No key begins with a dot, so it is nobody's. */
export const draftsFolder = '.incoming/'

/** Memory of one upload is bounded by the parts on their way and the one that is being filled. A part is at least 5 MiB by S3's rules. */
export const partBytes = 8 * 1024 * 1024
const partsAtOnce = 2

/** A server copies at so much at least, or we give it up. */
const copyBytesPerMs = 4 * 1024
const leastCopyPatienceMs = 30_000

/** An object that is to be made of parts. `params` is what is known of it before, `metadata` is asked when all its bytes have gone. */
export interface DraftedObject {
  Bucket: string
  Key: string
  /** Where its draft may lie. */
  drafts: string
  ContentType: string
  Body: Readable
  metadata: () => { Metadata: Record<string, string>; sizeBytes: number }
}

/**
 * Stores in parts, then copies within the server: metadata go ahead of parts, and what is said of all bytes is known only after them.
 * The object is seen when it is copied, as a whole; a draft that a crash leaves is seen by nobody.
 */
export async function putByDraft(
  client: S3Client,
  { Bucket, Key, drafts, ContentType, Body, metadata }: DraftedObject
): Promise<void> {
  const draft = drafts + randomBytes(16).toString('hex')
  try {
    await new Upload({
      client,
      params: { Bucket, Key: draft, ContentType, Body },
      partSize: partBytes,
      queueSize: partsAtOnce
    }).done()
    const { Metadata, sizeBytes } = metadata()
    const copy = new CopyObjectCommand({
      Bucket,
      Key,
      CopySource: `${Bucket}/${draft}`,
      MetadataDirective: 'REPLACE',
      ContentType,
      Metadata
    })
    await client.send(copy, { requestTimeout: Math.max(leastCopyPatienceMs, sizeBytes / copyBytesPerMs) })
  } finally {
    Body.destroy()
    // One that stays goes when a server starts a day later.
    await client.send(new DeleteObjectCommand({ Bucket, Key: draft })).catch(() => {})
  }
}
