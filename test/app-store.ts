import { basename } from 'node:path'

/**
 * Which store an app of a test is on: the MongoDB of TEST_STORE_URL, in a database named after its data folder, so that one that is
 * started again finds its data; the embedded store where none is given.
 */
export function storeOf(dataDir: string): Record<string, string> {
  const { TEST_STORE_URL } = process.env
  return TEST_STORE_URL === undefined
    ? {}
    : { MONGODB_URL: `${TEST_STORE_URL.replace(/\/+$/, '')}/${basename(dataDir)}` }
}
