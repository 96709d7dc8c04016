import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

/** Runs `scripts/run-tests.ts` in a process of its own, then exits as it does. */
export async function runTestsAndExit(args: readonly string[], env: NodeJS.ProcessEnv): Promise<never> {
  const tests = spawn(process.execPath, [join(root, 'scripts/run-tests.ts'), ...args], {
    cwd: root,
    env,
    stdio: 'inherit'
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => tests.kill(signal))
  const [code] = await once(tests, 'exit')
  process.exit(code ?? 1)
}
