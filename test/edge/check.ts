import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { findEdgeFiles, leftOut } from './edge-files.ts'

/*
 * npm run check:edge [-- FILES]
 *
 * Runs the tests of rooms, attacks and whole shows once more, through a node that is not the home of any show: REST
 * requests go to one node, sockets to another.
 */
const root = join(import.meta.dirname, '../..')
const named = process.argv.slice(2)
const files = named.length > 0 ? named : findEdgeFiles(root)
if (named.length === 0) {
  for (const [file, reason] of Object.entries(leftOut)) console.log(`- ${file}: left out, ${reason}`)
}

const tests = spawn(process.execPath, [join(root, 'scripts/run-tests.ts'), ...files], {
  cwd: root,
  env: { ...process.env, TEST_DEPTH: 'nightly', TEST_THROUGH_EDGE: 'on' },
  stdio: 'inherit'
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => tests.kill(signal))
const [code] = await once(tests, 'exit')
process.exitCode = code ?? 1
