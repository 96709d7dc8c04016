import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  paginateListObjectsV2,
  type MultipartUpload,
  type S3Client
} from '@aws-sdk/client-s3'

export interface Sweep {
  client: S3Client
  Bucket: string
  Prefix: string
  before: Date
  signal: AbortSignal
}

/** Gives up uploads below a prefix that began before a time: their parts are paid for and seen by nobody. */
export async function abortAbandoned(sweep: Sweep): Promise<void> {
  const { client, Bucket, before, signal: abortSignal } = sweep
  for await (const { Key, UploadId, Initiated } of unfinished(sweep)) {
    if (Initiated && Initiated < before) {
      await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }), { abortSignal })
    }
  }
}

async function* unfinished({ client, Bucket, Prefix, signal: abortSignal }: Sweep): AsyncIterable<MultipartUpload> {
  let markers: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } = {}
  for (;;) {
    const page = await client.send(new ListMultipartUploadsCommand({ Bucket, Prefix, ...markers }), { abortSignal })
    yield* page.Uploads ?? []
    if (!page.IsTruncated) return
    markers = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }
  }
}

/** Deletes what lies below a prefix since before a time: drafts of servers that died before they became objects. */
export async function removeDrafts({ client, Bucket, Prefix, before, signal: abortSignal }: Sweep): Promise<void> {
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix }, { abortSignal })) {
    for (const { Key, LastModified } of Contents) {
      if (LastModified && LastModified < before) {
        await client.send(new DeleteObjectCommand({ Bucket, Key }), { abortSignal })
      }
    }
  }
}
