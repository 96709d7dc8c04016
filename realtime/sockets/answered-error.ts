import type { FastifyBaseLogger } from 'fastify'
import { CodedError } from '../../contract/errors.ts'
import { isStoreUnavailable, storeUnavailable } from '../../plugins/app/documents/store-errors.ts'

/**
 * Returns the error that a client gets: UNAVAILABLE when the store says "try again", otherwise the error itself. Logs
 * an outage of the store as a warning, and a defect as an error with this message; the other errors are refusals.
 */
export function answeredError(
  cause: unknown,
  { logger, line = {}, message }: { logger: Pick<FastifyBaseLogger, 'warn' | 'error'>; line?: object; message: string }
): unknown {
  if (isStoreUnavailable(cause)) {
    logger.warn({ ...line, err: cause }, 'store unavailable')
    return storeUnavailable()
  }
  if (!(cause instanceof CodedError)) logger.error({ ...line, err: cause }, message)
  return cause
}
