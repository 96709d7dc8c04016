import { S3Client } from '@aws-sdk/client-s3'
import type { S3Address } from '../../../config/storage-url.ts'

export interface S3Keys {
  accessKeyId: string
  secretAccessKey: string
}

const connectTimeoutMs = 5000
/**
 * Timeout of one request up to the headers of its answer: enough for 8 MiB at 2.2 Mb/s. The reader watches the body of
 * the answer.
 */
const requestTimeoutMs = 30_000
const maxAttempts = 3

/** Creates a client for the server of a bucket that gives up in bounded time. */
export function createS3Client({ endpoint, region, pathStyle }: S3Address, credentials: S3Keys): S3Client {
  return new S3Client({
    region,
    credentials,
    forcePathStyle: pathStyle,
    ...(endpoint !== undefined && { endpoint }),
    maxAttempts,
    // Some servers reject Amazon's newer checksums. All of them check the hash of the body that is in the signature.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    // Checks the checksum where the server sends one.
    responseChecksumValidation: 'WHEN_SUPPORTED',
    requestHandler: {
      connectionTimeout: connectTimeoutMs,
      requestTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
      socketTimeout: 0
    }
  })
}
