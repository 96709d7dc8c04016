import { DynamoDBServiceException, TransactionCanceledException } from '@aws-sdk/client-dynamodb'

/** Names of errors, and codes of cancelled transactions, with which DynamoDB asks to repeat a request later. */
const busy: ReadonlySet<string> = new Set([
  'TransactionConflictException',
  'TransactionConflict',
  'TransactionInProgressException',
  'ThrottlingException',
  'ThrottlingError',
  'ProvisionedThroughputExceededException',
  'ProvisionedThroughputExceeded',
  'RequestLimitExceeded'
])
const firstServerError = 500

/** Codes of a cancelled transaction, one for each action; undefined for any other error. */
export function cancellationCodes(error: unknown): string[] | undefined {
  if (!(error instanceof TransactionCanceledException)) return undefined
  return (error.CancellationReasons ?? []).map(({ Code = 'None' }) => Code)
}

/** Whether DynamoDB has carried out nothing and asks to repeat the request. */
export function isBusy(error: unknown): boolean {
  if (!(error instanceof DynamoDBServiceException)) return false
  return busy.has(error.name) || (cancellationCodes(error)?.some(code => busy.has(code)) ?? false)
}

/**
 * Whether the server or the network failed, so that the same request may succeed later. Refusals do not count: they
 * last until the configuration is changed.
 */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (isBusy(error)) return true
  if (error instanceof DynamoDBServiceException) {
    const { httpStatusCode } = error.$metadata
    if (httpStatusCode !== undefined) return httpStatusCode >= firstServerError
  }
  return (
    error.name === 'TimeoutError' ||
    ('code' in error && typeof error.code === 'string' && /^(E[A-Z]|UND_|ERR_SSL|CERT_)/.test(error.code))
  )
}
