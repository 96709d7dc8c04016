import { MongoBulkWriteError } from 'mongodb'

const duplicateKey = 11000

/**
 * Whether all that an unordered insert failed with is that documents are there already. The driver gives the same error, without any
 * failure of a document in it, for a database that is away.
 */
export function onlyRepeats(error: unknown): boolean {
  if (!(error instanceof MongoBulkWriteError)) return false
  const failures = [error.writeErrors].flat()
  return failures.length > 0 && failures.every(({ code }) => code === duplicateKey)
}
