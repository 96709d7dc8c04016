import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  paginateListObjectsV2,
  type MultipartUpload,
  type S3Client
} from '@aws-sdk/client-s3'

/** Selects the leftovers to remove: those below a prefix that started before a time. */
export interface LeftoverScope {
  client: S3Client
  Bucket: string
  Prefix: string
  before: Date
  signal: AbortSignal
}

/** Aborts abandoned multipart uploads. Their parts cost money, although they are not visible. */
export async function abortAbandonedUploads(scope: LeftoverScope): Promise<void> {
  const { client, Bucket, before, signal: abortSignal } = scope
  for await (const { Key, UploadId, Initiated } of listUploads(scope)) {
    if (Initiated && Initiated < before) {
      await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }), { abortSignal })
    }
  }
}

async function* listUploads({
  client,
  Bucket,
  Prefix,
  signal: abortSignal
}: LeftoverScope): AsyncIterable<MultipartUpload> {
  let markers: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } = {}
  for (;;) {
    const page = await client.send(new ListMultipartUploadsCommand({ Bucket, Prefix, ...markers }), { abortSignal })
    yield* page.Uploads ?? []
    if (!page.IsTruncated) return
    markers = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }
  }
}

/** Deletes drafts of servers that died before the drafts became objects. */
export async function removeAbandonedDrafts({
  client,
  Bucket,
  Prefix,
  before,
  signal: abortSignal
}: LeftoverScope): Promise<void> {
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix }, { abortSignal })) {
    for (const { Key, LastModified } of Contents) {
      if (LastModified && LastModified < before) {
        await client.send(new DeleteObjectCommand({ Bucket, Key }), { abortSignal })
      }
    }
  }
}
