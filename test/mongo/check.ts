import { join } from 'node:path'
import { findTestFiles } from '../../scripts/run-tests/test-files.ts'
import { runTestsAndExit } from '../run-tests.ts'
import { runStartScript } from '../standins/start-script.ts'

/*
 * npm run check:mongo [-- FILES]
 *
 * Runs the tests that use the store once more on MongoDB: on that of MONGODB_TEST_URL, or on a stand-in of its own.
 */
const { onStore: files } = findTestFiles(join(import.meta.dirname, '../..'), process.argv.slice(2))
const { MONGODB_TEST_URL: given, DYNAMODB_TEST_URL: _, ...env } = process.env
const url = given ?? (await runStartScript('mongo-java'))
await runTestsAndExit(files, { ...env, TEST_DEPTH: 'nightly', TEST_STORE_URL: url })
