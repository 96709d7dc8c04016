import { basename } from 'node:path'
import { dynamoKeys } from './standins/dynamodb/server.ts'

/**
 * Returns the settings that select the stores of a test's application: the MongoDB of TEST_STORE_URL, with a database
 * named after the data folder so that a restarted application finds its data, or nothing for the embedded store; and
 * the store of records.
 */
export function storeSettings(dataDir: string): Record<string, string> {
  const { TEST_STORE_URL } = process.env
  return {
    ...(TEST_STORE_URL !== undefined && { MONGODB_URL: `${TEST_STORE_URL.replace(/\/+$/, '')}/${basename(dataDir)}` }),
    ...recordsSettings(dataDir)
  }
}

/** Returns the settings of a table in the DynamoDB of TEST_RECORDS_ENDPOINT, or nothing for the database. */
export function recordsSettings(dataDir: string): Record<string, string> {
  const { TEST_RECORDS_ENDPOINT } = process.env
  if (TEST_RECORDS_ENDPOINT === undefined) return {}
  const table = `ambient-${basename(dataDir)}`
  return {
    RECORDS_URL: `dynamodb://eu-central-1/${table}?endpoint=${TEST_RECORDS_ENDPOINT}`,
    AWS_ACCESS_KEY_ID: dynamoKeys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: dynamoKeys.secretAccessKey
  }
}
