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
import { storageAway } from './away.ts'
import { checkedStream } from './checked-stream.ts'
import { measure } from './measured-source.ts'
import {
  abandonedMs,
  assertKey,
  assertPrefix,
  isKey,
  type ByteRange,
  type StorageHome,
  type StoredObject
} from './object-storage.ts'
import { abortAbandoned, removeDrafts } from './s3-abandoned.ts'
import { createS3Client, type S3Keys } from './s3-client.ts'
import { isAway, isNoObject } from './s3-errors.ts'
import { draftsFolder } from './s3-draft.ts'
import { keptChecksum, putToS3 } from './s3-put.ts'
import { failWhenStalled } from './stall.ts'

/** A look whether the bucket is there has to be quick. */
const checkPatienceMs = 2000
/** How long a reader waits for the next bytes of an answer that has begun. */
const stallPatienceMs = 30_000

export interface S3Options {
  address: S3Address
  keys: S3Keys
  log: Pick<FastifyBaseLogger, 'warn'>
  olderThanMs?: number
}

/** Keeps objects in a bucket of an S3 server. Does not ask it anything yet. `olderThanMs`: of which age uploads without an end are given up by `tidy`. */
export function openS3Storage({ address, keys, log, olderThanMs = abandonedMs }: S3Options): StorageHome {
  const client: S3Client = createS3Client(address, keys)
  const Bucket = address.bucket
  const root = address.prefix === '' ? '' : `${address.prefix}/`

  function place(key: string): { Bucket: string; Key: string } {
    assertKey(key)
    return { Bucket, Key: root + key }
  }

  /** Why it is away is for the operator; who asked is told no more than that. */
  function told(error: unknown): unknown {
    if (!isAway(error)) return error
    log.warn({ err: error, bucket: Bucket }, 'the storage is away')
    return storageAway()
  }

  async function mapped<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await run()
    } catch (error) {
      throw told(error)
    }
  }

  async function stat(key: string): Promise<StoredObject | null> {
    const where = place(key)
    return await mapped(async () => {
      const { ContentLength = 0, LastModified, Metadata } = await client.send(new HeadObjectCommand(where))
      return { key, sizeBytes: ContentLength, modifiedAt: LastModified ?? new Date(0), sha256: keptChecksum(Metadata) }
    }).catch(missingAsNull)
  }

  async function* listed(Prefix: string): AsyncIterable<StoredObject> {
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix })) {
      for (const { Key = '', Size = 0, LastModified = new Date(0) } of Contents) {
        const key = Key.slice(root.length)
        // What others keep beside ours is none of ours.
        if (isKey(key)) yield { key, sizeBytes: Size, modifiedAt: LastModified }
      }
    }
  }

  async function get(key: string, range: ByteRange | undefined) {
    const answer = await client.send(
      new GetObjectCommand({ ...place(key), ...(range && { Range: `bytes=${range.first}-${range.last}` }) })
    )
    if (!(answer.Body instanceof Readable)) throw new Error('the storage gave no stream')
    const givenBytes = answer.ContentLength ?? 0
    const sizeBytes = range ? wholeOf(answer.ContentRange) : givenBytes
    const sha256 = keptChecksum(answer.Metadata)
    return {
      object: { key, sizeBytes, modifiedAt: answer.LastModified ?? new Date(0), sha256 },
      stream: checkedStream(failWhenStalled(answer.Body, stallPatienceMs), {
        key,
        sizeBytes: givenBytes,
        sha256: range ? undefined : sha256
      })
    }
  }

  return {
    async put(key, source) {
      const where = place(key)
      const measured = measure(source)
      try {
        const sha256 = await putToS3(client, { ...where, drafts: root + draftsFolder }, measured)
        return { key, sizeBytes: measured.sizeBytes, modifiedAt: new Date(), sha256 }
      } catch (error) {
        // A sender whose connection breaks says nothing of ours.
        throw measured.failure ? measured.failure.error : told(error)
      }
    },

    async get(key, range) {
      assertKey(key)
      return await mapped(async () => await get(key, range)).catch(missingAsNull)
    },

    stat,

    async delete(key) {
      const where = place(key)
      await mapped(async () => await client.send(new DeleteObjectCommand(where)))
    },

    async *list(prefix) {
      assertPrefix(prefix)
      try {
        yield* listed(root + prefix)
      } catch (error) {
        throw told(error)
      }
    },

    check: async () => {
      await client.send(new HeadBucketCommand({ Bucket }), { requestTimeout: checkPatienceMs })
    },
    async tidy(signal) {
      const sweep = { client, Bucket, before: new Date(Date.now() - olderThanMs), signal }
      await abortAbandoned({ ...sweep, Prefix: root })
      await removeDrafts({ ...sweep, Prefix: root + draftsFolder })
    },
    close: () => client.destroy()
  }
}

/** The size behind the slash of `bytes 0-4/100`. */
function wholeOf(contentRange = ''): number {
  const size = /\/(\d+)$/.exec(contentRange)?.[1]
  if (size === undefined) throw new Error('the storage does not know ranges')
  return Number(size)
}

function missingAsNull(error: unknown): null {
  if (isNoObject(error)) return null
  throw error
}
