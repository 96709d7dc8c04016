import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { execute, type OperatorCommand } from '../../scripts/operator-command.ts'

/** Output and end of a command. The code is null for a process that was killed. */
export interface CommandResult {
  code: number | null
  output: string
  errors: string
}

/** A process that has not ended by then is stuck and is killed. */
const maxProcessMs = 60_000

/** Runs a command in this process, with these environment variables only. */
export async function runInProcess<Arguments>(
  command: OperatorCommand<Arguments>,
  args: readonly string[],
  env: Record<string, string> = {}
): Promise<CommandResult> {
  const result = { output: '', errors: '' }
  const code = await execute(command, args, {
    env,
    stdout: { write: text => (result.output += text) },
    stderr: { write: text => (result.errors += text) }
  })
  return { code, ...result }
}

/** Runs a script in its own process as operators do, with these settings. */
export async function runScript(
  script: string,
  args: readonly string[],
  settings: Record<string, string> = {}
): Promise<CommandResult> {
  const { MONGODB_URL, STORAGE_URL, ...env } = process.env
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', '..', 'scripts', script), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...env, ...settings },
    timeout: maxProcessMs,
    killSignal: 'SIGKILL'
  })
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { code, output, errors }
}
