import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'

import { attempt, run } from '../../scripts/command.ts'
import { SetupError } from '../../scripts/setup-error.ts'

const timeoutMs = 10_000

t.test('what a command writes arrives line by line and in the log file', async t => {
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

t.test('a command that fails is an error with its exit code and its last words', async t => {
  await t.rejects(
    run('sh', ['-c', 'echo what went wrong; exit 3'], { timeoutMs }),
    new SetupError(
      '`sh -c echo what went wrong; exit 3` ended with exit code 3. The last it wrote:\n    what went wrong'
    )
  )
})

t.test('a command that is not there answers no exit code', async t => {
  t.match(await attempt('/nowhere/at-all', [], { timeoutMs }), { code: null, lines: [/ENOENT/] })
})

t.test('a command that takes too long is ended', async t => {
  t.match(await attempt('sleep', ['60'], { timeoutMs: 50 }), { code: null })
})
