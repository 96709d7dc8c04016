import { S3ServiceException } from '@aws-sdk/client-s3'

const notFound = 404
const tooMany = 429
const firstServerError = 500

/** No object of that key; a missing bucket is another thing. */
export function isNoObject(error: unknown): boolean {
  return (
    error instanceof S3ServiceException && error.$metadata.httpStatusCode === notFound && error.name !== 'NoSuchBucket'
  )
}

/** The server, or the way to it, fails: what is asked may work later. Refusals are not meant: they stay until somebody changes something. */
export function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof S3ServiceException) {
    const { httpStatusCode } = error.$metadata
    if (httpStatusCode !== undefined) return httpStatusCode >= firstServerError || httpStatusCode === tooMany
  }
  return (
    error.name === 'TimeoutError' ||
    ('code' in error && typeof error.code === 'string' && /^(E[A-Z]|UND_|ERR_SSL|CERT_)/.test(error.code))
  )
}
