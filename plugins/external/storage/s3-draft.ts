import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import { CopyObjectCommand, DeleteObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'

/** Folder of drafts below our prefix. No key begins with a dot, so no object uses the name. */
export const draftsFolder = '.incoming/'

/** Part size. An upload holds its parts in flight and the next one in memory. S3 requires parts of at least 5 MiB. */
export const partBytes = 8 * 1024 * 1024
const maxPartsInFlight = 2

/** Minimum speed of a copy within the server; a slower copy times out. */
const minCopyBytesPerMs = 4 * 1024
const minCopyTimeoutMs = 30_000

/** An object that is uploaded in parts. */
export interface DraftedObject {
  Bucket: string
  Key: string
  /** Prefix for the draft's key. */
  drafts: string
  ContentType: string
  Body: Readable
  /** Returns the metadata and the size, which are only known once all bytes were sent. */
  metadata: () => { Metadata: Record<string, string>; sizeBytes: number }
}

/**
 * Uploads an object in parts to a draft, then copies it within the server. S3 takes metadata before the parts, but the
 * checksum is only known after them. The object becomes visible as a whole with the copy; a draft that a crash leaves
 * behind is not visible.
 */
export async function putViaDraft(
  client: S3Client,
  { Bucket, Key, drafts, ContentType, Body, metadata }: DraftedObject
): Promise<void> {
  const draft = drafts + randomBytes(16).toString('hex')
  try {
    await new Upload({
      client,
      params: { Bucket, Key: draft, ContentType, Body },
      partSize: partBytes,
      queueSize: maxPartsInFlight
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
    await client.send(copy, { requestTimeout: Math.max(minCopyTimeoutMs, sizeBytes / minCopyBytesPerMs) })
  } finally {
    Body.destroy()
    // A draft that stays is removed when a server starts a day later.
    await client.send(new DeleteObjectCommand({ Bucket, Key: draft })).catch(() => {})
  }
}
