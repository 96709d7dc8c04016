import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { FlagError, helpText, parseFlags } from '../../../scripts/start/flags.ts'

async function runStart(args: readonly string[], settings: Record<string, string> = {}) {
  const script = join(import.meta.dirname, '..', '..', '..', 'scripts', 'start.ts')
  const child = spawn(process.execPath, [script, ...args], {
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'pipe', 'pipe']
  })
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
  t.match(parseFlags(['--help']), { isHelp: true, isLan: false })
  t.match(parseFlags(['--lan']), { isHelp: false, isLan: true, lanAddress: undefined })
  t.match(parseFlags(['--demo', '--lan']), { isDemo: true, isLan: true })
  t.match(parseFlags(['--lan=192.168.1.5']), { isLan: true, lanAddress: '192.168.1.5' })
  for (const args of [
    ['--loud'],
    ['--lan='],
    ['--help=1'],
    ['--demo=1'],
    ['--lan', '192.168.1.5'],
    ['loud'],
    ['--no-help'],
    ['--help', '--loud=1'],
    ['-x']
  ]) {
    t.throws(() => parseFlags(args), FlagError, args.join(' '))
  }
})

t.test('--lan and --demo are refused in production', async t => {
  for (const [args, refused] of [
    [['--lan'], '--lan is refused in production'],
    [['--demo'], '--demo is refused in production'],
    [['--demo', '--lan=127.0.0.1'], '--lan and --demo are refused in production']
  ] as const) {
    const { code, stdout, stderr } = await runStart(args, { NODE_ENV: 'production' })
    t.match({ code, stdout }, { code: 1, stdout: '' })
    t.match(stderr, refused)
  }
})

t.test('--lan names the settings that it would overrule, and an address that this machine does not have', async t => {
  const { code, stderr } = await runStart(['--lan'], { HOST: '0.0.0.0', PUBLIC_URL: 'http://a.example' })
  t.equal(code, 1)
  t.match(stderr, '--lan chooses HOST and PUBLIC_URL: unset what you have set.')
  t.match((await runStart(['--lan=10.254.0.77'])).stderr, '--lan=10.254.0.77 is no IPv4 address of this machine.')
  t.match((await runStart(['--lan=203.0.113.77'])).stderr, '--lan=203.0.113.77 is an address of the internet')
})
