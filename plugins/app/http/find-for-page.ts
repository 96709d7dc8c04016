import type { FastifyBaseLogger } from 'fastify'
import { CodedError } from '../../../contract/errors.ts'

/**
 * Returns a part of a page; undefined when there is none for this visitor. A failing store does not fail the page: it
 * is logged, with the message, and the part is left out.
 */
export async function findForPage<T>(
  part: Promise<T>,
  log: FastifyBaseLogger,
  showId: string,
  message: string
): Promise<T | undefined> {
  try {
    return await part
  } catch (error) {
    if (!(error instanceof CodedError)) log.warn({ err: error, showId }, message)
    return undefined
  }
}
