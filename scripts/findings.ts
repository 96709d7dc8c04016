import { globSync } from 'node:fs'
import { basename, join } from 'node:path'
import { cachedWorkerPath } from '../media/worker-binary.ts'
import { runFinding, type FindingResult } from './findings/run-finding.ts'

/*
 * npm run findings
 *
 * Runs the scripts in findings/ one after the other and says which behaviour has changed. `-- NAME` runs those whose
 * names contain NAME. Exits with 1 when one has changed, could not run, or left files behind.
 */
const folder = join(import.meta.dirname, '..', 'findings')
const timeoutMs = 15 * 60_000
const labels = { unchanged: 'unchanged', changed: 'CHANGED', notRun: 'NOT RUN' } as const

/** npm brings no media worker: findings about mediasoup use the one that Ambient has built, unless there is another. */
const env = { MEDIASOUP_WORKER_BIN: process.env.MEDIASOUP_WORKER_BIN ?? cachedWorkerPath(process.env) }

const wanted = process.argv.slice(2)
const scripts = globSync('*.sh', { cwd: folder })
  .filter(name => wanted.length === 0 || wanted.some(part => name.includes(part)))
  .toSorted()
if (scripts.length === 0) {
  process.stderr.write(`No finding has a name with ${wanted.join(' or ')}. \`ls findings\` lists them.\n`)
  process.exit(1)
}

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort())

const results: FindingResult[] = []
for (const [index, script] of scripts.entries()) {
  if (stopping.signal.aborted) break
  const startedMs = performance.now()
  const result = await runFinding(join(folder, script), { timeoutMs, signal: stopping.signal, env })
  results.push(result)
  const seconds = Math.round((performance.now() - startedMs) / 1000)
  const place = `${index + 1}/${scripts.length}`
  print(`${place} ${labels[result.outcome].padEnd(9)} ${basename(script, '.sh')} (${seconds} s)`)
  if (result.outcome !== 'unchanged') for (const line of result.lines) print(`      ${line}`)
  if (result.leftFiles.length > 0) print(`      left behind: ${result.leftFiles.join(', ')}`)
}

const count = (outcome: FindingResult['outcome']) => results.filter(result => result.outcome === outcome).length
print(`${count('unchanged')} unchanged, ${count('changed')} changed, ${count('notRun')} not run`)
const isClean = results.every(({ outcome, leftFiles }) => outcome === 'unchanged' && leftFiles.length === 0)
process.exitCode = isClean && results.length === scripts.length ? 0 : 1

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
