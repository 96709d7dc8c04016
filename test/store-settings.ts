import { basename } from 'node:path'

/**
 * Returns the settings that select the store of a test's application: the MongoDB of TEST_STORE_URL, with a database
 * named after the data folder so that a restarted application finds its data, or nothing for the embedded store.
 */
export function storeSettings(dataDir: string): Record<string, string> {
  const { TEST_STORE_URL } = process.env
  return TEST_STORE_URL === undefined
    ? {}
    : { MONGODB_URL: `${TEST_STORE_URL.replace(/\/+$/, '')}/${basename(dataDir)}` }
}
