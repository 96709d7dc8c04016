import { S3ServiceException } from '@aws-sdk/client-s3'

const notFound = 404
const tooManyRequests = 429
const firstServerError = 500

/** Whether there is no object with the key. A missing bucket is a different error. */
export function isNoObject(error: unknown): boolean {
  return (
    error instanceof S3ServiceException && error.$metadata.httpStatusCode === notFound && error.name !== 'NoSuchBucket'
  )
}

/**
 * Whether the server or the network failed, so that the same request may succeed later. Refusals do not count: they
 * last until the configuration is changed.
 */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof S3ServiceException) {
    const { httpStatusCode } = error.$metadata
    if (httpStatusCode !== undefined) return httpStatusCode >= firstServerError || httpStatusCode === tooManyRequests
  }
  return (
    error.name === 'TimeoutError' ||
    ('code' in error && typeof error.code === 'string' && /^(E[A-Z]|UND_|ERR_SSL|CERT_)/.test(error.code))
  )
}
