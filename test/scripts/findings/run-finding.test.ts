import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { runFinding } from '../../../scripts/findings/run-finding.ts'
import { until } from '../../until.ts'

const timeoutMs = 20_000

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function scriptOf(t: Test, lines: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ambient-scripts-'))
  t.teardown(async () => await rm(folder, { recursive: true, force: true }))
  const script = join(folder, 'finding.sh')
  await writeFile(script, ['set -euo pipefail', ...lines].join('\n'))
  return script
}

t.test('a finding is unchanged when its script succeeds', async t => {
  const script = await scriptOf(t, ['echo warning >&2', 'echo one', 'echo two'])
  t.same(await runFinding(script, { timeoutMs }), { outcome: 'unchanged', lines: ['one', 'two'], leftFiles: [] })
})

t.test('a finding has changed when its script observed something and failed', async t => {
  const script = await scriptOf(t, ['echo three', '[ three = two ]'])
  t.same(await runFinding(script, { timeoutMs }), { outcome: 'changed', lines: ['three'], leftFiles: [] })
})

t.test('a script that fails in another way was not run', async t => {
  const script = await scriptOf(t, ['echo one', 'echo broken >&2', 'exit 2'])
  t.same(await runFinding(script, { timeoutMs }), { outcome: 'notRun', lines: ['broken'], leftFiles: [] })
})

t.test('a script that fails before it observed anything was not run', async t => {
  const script = await scriptOf(t, ['printf "%s\\n" 1 2 3 4 5 6 >&2', 'false', 'echo one'])
  t.same(await runFinding(script, { timeoutMs }), {
    outcome: 'notRun',
    lines: ['2', '3', '4', '5', '6'],
    leftFiles: []
  })
})

t.test('each script has a new folder for temporary files, which is removed', async t => {
  const script = await scriptOf(t, ['cd "$(mktemp -d)"', 'echo left > file', 'echo "$TMPDIR"'])
  const { lines, leftFiles } = await runFinding(script, { timeoutMs })
  t.equal(leftFiles.length, 1)
  await t.rejects(readdir(lines[0]!), { code: 'ENOENT' })
})

t.test('a script that does not end is killed with what it started', async t => {
  const script = await scriptOf(t, ['sleep 600 & echo $! >&2', 'wait'])
  const startedMs = performance.now()
  const { outcome, lines } = await runFinding(script, { timeoutMs: 500 })
  t.equal(outcome, 'notRun')
  t.match(lines, [/^\d+$/, 'it did not end in time'])
  t.ok(performance.now() - startedMs < 10_000)
  // The killed process is there until somebody reaps it.
  await until(() => !isRunning(Number(lines[0])))
})

t.test('an abort kills the script', async t => {
  const script = await scriptOf(t, ['sleep 600'])
  const aborting = new AbortController()
  setTimeout(() => aborting.abort(), 200)
  const { outcome } = await runFinding(script, { timeoutMs, signal: aborting.signal })
  t.equal(outcome, 'notRun')
})
