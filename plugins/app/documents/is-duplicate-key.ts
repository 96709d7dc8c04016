import { MongoServerError } from 'mongodb'

/** MongoDB's error code of a write that a unique index refused. */
export const duplicateKeyCode = 11000

/**
 * Whether a unique index refused a write because another document has the same key. An error of `insertMany` has the
 * code of its first failure only: see `findRepeats` for the others.
 */
export function isDuplicateKey(error: unknown): error is MongoServerError {
  return error instanceof MongoServerError && error.code === duplicateKeyCode
}
