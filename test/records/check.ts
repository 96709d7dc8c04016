import { join } from 'node:path'
import { runTestsAndExit } from '../run-tests.ts'
import { runStartScript } from '../standins/start-script.ts'
import { findRecordsFiles, leftOut } from './records-files.ts'

/*
 * npm run check:records [-- FILES]
 *
 * Runs the tests of rooms and attacks once more with records in DynamoDB: in that of DYNAMODB_TEST_URL, or in a server
 * of its own.
 */
const named = process.argv.slice(2)
const files = named.length > 0 ? named : findRecordsFiles(join(import.meta.dirname, '../..'))
if (named.length === 0) {
  for (const [file, reason] of Object.entries(leftOut)) console.log(`- ${file}: left out, ${reason}`)
}

const endpoint = process.env.DYNAMODB_TEST_URL ?? (await runStartScript('dynamodb'))
await runTestsAndExit(files, { ...process.env, TEST_DEPTH: 'nightly', TEST_RECORDS_ENDPOINT: endpoint })
