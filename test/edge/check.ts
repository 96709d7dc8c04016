import { join } from 'node:path'
import { runTestsAndExit } from '../run-tests.ts'
import { findEdgeFiles, leftOut } from './edge-files.ts'

/*
 * npm run check:edge [-- FILES]
 *
 * Runs the tests of rooms, attacks and whole shows once more, through a node that is not the home of any show: REST
 * requests go to one node, sockets to another.
 */
const named = process.argv.slice(2)
const files = named.length > 0 ? named : findEdgeFiles(join(import.meta.dirname, '../..'))
if (named.length === 0) {
  for (const [file, reason] of Object.entries(leftOut)) console.log(`- ${file}: left out, ${reason}`)
}

await runTestsAndExit(files, { ...process.env, TEST_DEPTH: 'nightly', TEST_THROUGH_EDGE: 'on' })
