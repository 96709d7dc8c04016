import { Readable } from 'node:stream'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  paginateListObjectsV2,
  type S3Client
} from '@aws-sdk/client-s3'
import type { FastifyBaseLogger } from 'fastify'
import type { S3Address } from '../../../config/storage-url.ts'
import { checkedStream } from './checked-stream.ts'
import { measureSource } from './measured-source.ts'
import {
  abandonedAfterMs,
  assertKey,
  assertPrefix,
  isKey,
  type ByteRange,
  type StorageBackend,
  type StoredObject
} from './object-storage.ts'
import { abortAbandonedUploads, removeAbandonedDrafts } from './s3-abandoned.ts'
import { createS3Client, type S3Keys } from './s3-client.ts'
import { isNoObject, isUnavailable } from './s3-errors.ts'
import { draftsFolder } from './s3-draft.ts'
import { putToS3, storedChecksum } from './s3-put.ts'
import { failWhenStalled } from './stall-timeout.ts'
import { storageUnavailable } from './unavailable.ts'

/** Timeout of the readiness check. */
const checkTimeoutMs = 2000
/** Maximum time between two chunks of an answer. */
const stallTimeoutMs = 30_000

export interface S3Options {
  address: S3Address
  keys: S3Keys
  log: Pick<FastifyBaseLogger, 'warn'>
  /** Age after which `removeLeftovers` removes an unfinished upload. */
  olderThanMs?: number
}

/** Opens a storage that keeps objects in a bucket of an S3 server. Sends no request yet. */
export function openS3Storage({ address, keys, log, olderThanMs = abandonedAfterMs }: S3Options): StorageBackend {
  const client: S3Client = createS3Client(address, keys)
  const Bucket = address.bucket
  const root = address.prefix === '' ? '' : `${address.prefix}/`

  function placeOf(key: string): { Bucket: string; Key: string } {
    assertKey(key)
    return { Bucket, Key: root + key }
  }

  /** Logs the cause for operators; clients only learn that the storage does not respond. */
  function toClientError(error: unknown): unknown {
    if (!isUnavailable(error)) return error
    log.warn({ err: error, bucket: Bucket }, 'storage unavailable')
    return storageUnavailable()
  }

  async function withClientErrors<T>(task: () => Promise<T>): Promise<T> {
    try {
      return await task()
    } catch (error) {
      throw toClientError(error)
    }
  }

  async function stat(key: string): Promise<StoredObject | null> {
    const place = placeOf(key)
    return await withClientErrors(async () => {
      const { ContentLength = 0, LastModified, Metadata } = await client.send(new HeadObjectCommand(place))
      return {
        key,
        sizeBytes: ContentLength,
        modifiedAt: LastModified ?? new Date(0),
        sha256: storedChecksum(Metadata)
      }
    }).catch(nullIfNoObject)
  }

  async function* list(Prefix: string): AsyncIterable<StoredObject> {
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix })) {
      for (const { Key = '', Size = 0, LastModified = new Date(0) } of Contents) {
        const key = Key.slice(root.length)
        // Skips objects that others keep in the bucket.
        if (isKey(key)) yield { key, sizeBytes: Size, modifiedAt: LastModified }
      }
    }
  }

  async function get(key: string, range: ByteRange | undefined) {
    const answer = await client.send(
      new GetObjectCommand({ ...placeOf(key), ...(range && { Range: `bytes=${range.first}-${range.last}` }) })
    )
    if (!(answer.Body instanceof Readable)) throw new Error('the storage returned no stream')
    const bodyBytes = answer.ContentLength ?? 0
    const sizeBytes = range ? totalOf(answer.ContentRange) : bodyBytes
    const sha256 = storedChecksum(answer.Metadata)
    return {
      object: { key, sizeBytes, modifiedAt: answer.LastModified ?? new Date(0), sha256 },
      stream: checkedStream(failWhenStalled(answer.Body, stallTimeoutMs), {
        key,
        sizeBytes: bodyBytes,
        sha256: range ? undefined : sha256
      })
    }
  }

  return {
    async put(key, source) {
      const place = placeOf(key)
      const measured = measureSource(source)
      try {
        const sha256 = await putToS3(client, { ...place, drafts: root + draftsFolder }, measured)
        return { key, sizeBytes: measured.sizeBytes, modifiedAt: new Date(), sha256 }
      } catch (error) {
        // An error of the source, such as a sender's broken connection, says nothing about the storage.
        throw measured.failure ? measured.failure.error : toClientError(error)
      }
    },

    async get(key, range) {
      assertKey(key)
      return await withClientErrors(async () => await get(key, range)).catch(nullIfNoObject)
    },

    stat,

    async delete(key) {
      const place = placeOf(key)
      await withClientErrors(async () => await client.send(new DeleteObjectCommand(place)))
    },

    async *list(prefix) {
      assertPrefix(prefix)
      try {
        yield* list(root + prefix)
      } catch (error) {
        throw toClientError(error)
      }
    },

    check: async () => {
      await client.send(new HeadBucketCommand({ Bucket }), { requestTimeout: checkTimeoutMs })
    },
    async removeLeftovers(signal) {
      const scope = { client, Bucket, before: new Date(Date.now() - olderThanMs), signal }
      await abortAbandonedUploads({ ...scope, Prefix: root })
      await removeAbandonedDrafts({ ...scope, Prefix: root + draftsFolder })
    },
    close: () => client.destroy()
  }
}

/** Returns the total size in a Content-Range such as `bytes 0-4/100`. */
function totalOf(contentRange = ''): number {
  const total = /\/(\d+)$/.exec(contentRange)?.[1]
  if (total === undefined) throw new Error('the storage does not support ranges')
  return Number(total)
}

function nullIfNoObject(error: unknown): null {
  if (isNoObject(error)) return null
  throw error
}
