import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'

import { attempt, run } from '../../scripts/command.ts'
import { SetupError } from '../../scripts/setup-error.ts'

const timeoutMs = 10_000

t.test('output arrives line by line and in the log file', async t => {
  const logFile = join(t.testdir(), 'log')
  const seen: string[] = []
  const lines = await run('sh', ['-c', 'echo one; echo two >&2'], {
    timeoutMs,
    logFile,
    onLine: line => seen.push(line)
  })
  t.same([...lines].sort(), ['one', 'two'])
  t.same(seen, lines)
  t.same(readFileSync(logFile, 'utf8').split('\n'), [...lines, ''])
})

t.test('a failed command throws its exit code and its last lines', async t => {
  await t.rejects(
    run('sh', ['-c', 'echo disk full; exit 3'], { timeoutMs }),
    new SetupError('`sh -c echo disk full; exit 3` failed with exit code 3. Last lines of its output:\n    disk full')
  )
})

t.test('a missing command has no exit code', async t => {
  t.match(await attempt('/nowhere/at-all', [], { timeoutMs }), { code: null, lines: [/ENOENT/] })
})

t.test('a command is killed after its timeout', async t => {
  t.match(await attempt('sleep', ['60'], { timeoutMs: 50 }), { code: null })
})

t.test('a command is killed when its signal aborts', async t => {
  t.match(await attempt('sleep', ['60'], { timeoutMs, signal: AbortSignal.timeout(50) }), { code: null })
})
