import { MongoBulkWriteError } from 'mongodb'
import { duplicateKeyCode } from './is-duplicate-key.ts'

/**
 * The positions of the documents that an unordered `insertMany` did not insert because they are stored already.
 * Undefined when it failed for another reason, too. When the database is away, the driver throws the same class of
 * error without any such failure.
 */
export function findRepeats(error: unknown): number[] | undefined {
  if (!(error instanceof MongoBulkWriteError)) return undefined
  const failures = [error.writeErrors].flat()
  if (failures.length === 0 || failures.some(({ code }) => code !== duplicateKeyCode)) return undefined
  return failures.map(({ index }) => index)
}

/** Whether an unordered `insertMany` failed only because some of its documents are stored already. */
export function onlyRepeats(error: unknown): boolean {
  return findRepeats(error) !== undefined
}
