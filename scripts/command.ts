import { spawn, type ChildProcess } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

import { SetupError } from './setup-error.ts'

export interface CommandResult {
  /** Exit code; null when the command could not be started, was killed by a signal, or exceeded its timeout. */
  readonly code: number | null
  /** Lines of standard output, and of standard error unless it is shown. */
  readonly lines: readonly string[]
}

export interface CommandOptions {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  readonly timeoutMs: number
  /** Kills the command when it aborts. */
  readonly signal?: AbortSignal
  readonly onLine?: (line: string) => void
  /** File to which all output is appended. */
  readonly logFile?: string
  /** Passes standard error through to the terminal and leaves it out of `lines`. */
  readonly showErrors?: boolean
}

const maxTailLines = 30
const running = new Set<ChildProcess>()
let isStopped = false

/** Kills all running commands and prevents new ones. Callers that wait for a command then fail and clean up. */
export function stopCommands(): void {
  isStopped = true
  for (const child of running) child.kill('SIGTERM')
}

/**
 * Runs a command and returns its result, whatever the exit code.
 * @throws SetupError only after `stopCommands`
 */
export async function attempt(
  command: string,
  args: readonly string[],
  options: CommandOptions
): Promise<CommandResult> {
  if (isStopped) throw new SetupError('Stopped.')
  const lines: string[] = []

  const keep = (line: string) => {
    lines.push(line)
    if (options.logFile !== undefined) appendFileSync(options.logFile, `${line}\n`)
    options.onLine?.(line)
  }

  const code = await new Promise<number | null>(resolve => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', options.showErrors ? 'inherit' : 'pipe']
    })
    // The timeout option of spawn keeps the process alive when the command could not be started.
    const timer = setTimeout(() => child.kill(), options.timeoutMs)
    const onAbort = () => child.kill()
    options.signal?.addEventListener('abort', onAbort)
    running.add(child)
    for (const input of [child.stdout, child.stderr]) {
      if (input !== null) createInterface({ input }).on('line', keep)
    }

    const end = (exitCode: number | null) => {
      clearTimeout(timer)
      options.signal?.removeEventListener('abort', onAbort)
      running.delete(child)
      resolve(exitCode)
    }
    child.once('error', error => {
      lines.push(error.message)
      end(null)
    })
    child.once('close', end)
  })

  return { code, lines }
}

/**
 * Runs a command that must succeed, and returns its output.
 * @throws SetupError with the last lines of the output
 */
export async function run(
  command: string,
  args: readonly string[],
  options: CommandOptions
): Promise<readonly string[]> {
  const { code, lines } = await attempt(command, args, options)
  if (code === 0) return lines

  const result = code === null ? 'did not finish' : `failed with exit code ${code}`
  const hint = options.logFile === undefined ? '' : `\nThe complete output is in ${options.logFile}`
  throw new SetupError(
    [
      `\`${[command, ...args].join(' ')}\` ${result}. Last lines of its output:`,
      ...lines.slice(-maxTailLines).map(line => `    ${line}`)
    ].join('\n') + hint
  )
}
