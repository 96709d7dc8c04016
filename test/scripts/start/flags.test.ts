import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { FlagError, helpText, parseFlags } from '../../../scripts/start/flags.ts'

async function runStart(args: readonly string[]) {
  const script = join(import.meta.dirname, '..', '..', '..', 'scripts', 'start.ts')
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { code, stdout, stderr }
}

t.test('an unknown flag ends the start with the flags that are known', async t => {
  const { code, stdout, stderr } = await runStart(['--lna'])
  t.match({ code, stdout }, { code: 2, stdout: '' })
  t.match(stderr, '--lna is not a flag of npm start.\n\nUsage: npm start')
  for (const flag of helpText.matchAll(/--[a-z]+/g)) t.match(stderr, flag[0])
})

t.test('--help prints the flags and starts nothing', async t => {
  for (const flag of ['--help', '-h']) t.match(await runStart([flag]), { code: 0, stdout: helpText, stderr: '' })
})

t.test('each argument must be a known flag', async t => {
  t.match(parseFlags([]), { isHelp: false })
  t.match(parseFlags(['--help']), { isHelp: true })
  for (const args of [['--loud'], ['loud'], ['--no-help'], ['--help', '--loud=1'], ['-x']]) {
    t.throws(() => parseFlags(args), FlagError, args.join(' '))
  }
})
