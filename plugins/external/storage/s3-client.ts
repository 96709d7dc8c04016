import { S3Client } from '@aws-sdk/client-s3'
import type { S3Address } from '../../../config/storage-url.ts'

export interface S3Keys {
  accessKeyId: string
  secretAccessKey: string
}

const connectPatienceMs = 5000
/** For one request up to the answer's headers: 8 MiB at 2.2 Mb/s and more. What comes after them is watched by who reads it. */
const answerPatienceMs = 30_000
const mostAttempts = 3

/** A client of a bucket's server that gives up in bounded time. */
export function createS3Client({ endpoint, region, pathStyle }: S3Address, credentials: S3Keys): S3Client {
  return new S3Client({
    region,
    credentials,
    forcePathStyle: pathStyle,
    ...(endpoint !== undefined && { endpoint }),
    maxAttempts: mostAttempts,
    // Not all servers take Amazon's newer checksums. Each request's body is hashed into its signature anyway, which they all check.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    // Checked where the server gives one.
    responseChecksumValidation: 'WHEN_SUPPORTED',
    requestHandler: {
      connectionTimeout: connectPatienceMs,
      requestTimeout: answerPatienceMs,
      throwOnRequestTimeout: true,
      socketTimeout: 0
    }
  })
}
