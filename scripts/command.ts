import { spawn, type ChildProcess } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

import { SetupError } from './setup-error.ts'

export interface CommandResult {
  /** The exit code; null when the command could not be started, was ended by a signal or ran out of time. */
  readonly code: number | null
  /** What it wrote, standard output and kept errors together, line by line. */
  readonly lines: readonly string[]
}

export interface CommandOptions {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  readonly timeoutMs: number
  readonly onLine?: (line: string) => void
  /** Everything the command writes is added to this file as well. */
  readonly logFile?: string
  /** Let standard error through to the terminal as it comes instead of keeping it with the rest. */
  readonly showErrors?: boolean
}

const tailLines = 30
const running = new Set<ChildProcess>()
let stopped = false

/** Ends every command that is still running and starts no other; whoever waits for one then fails and cleans up. */
export function stopCommands(): void {
  stopped = true
  for (const child of running) child.kill('SIGTERM')
}

/**
 * Runs a command to its end and answers how it went.
 * @throws SetupError after `stopCommands` only
 */
export async function attempt(
  command: string,
  args: readonly string[],
  options: CommandOptions
): Promise<CommandResult> {
  if (stopped) throw new SetupError('Stopped.')
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
    // spawn's own timeout keeps the process alive after a command that could not be started.
    const timer = setTimeout(() => child.kill(), options.timeoutMs)
    running.add(child)
    for (const input of [child.stdout, child.stderr]) {
      if (input !== null) createInterface({ input }).on('line', keep)
    }

    const end = (exitCode: number | null) => {
      clearTimeout(timer)
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
 * Runs a command that has to succeed.
 * @throws SetupError with the end of what the command wrote
 */
export async function run(
  command: string,
  args: readonly string[],
  options: CommandOptions
): Promise<readonly string[]> {
  const { code, lines } = await attempt(command, args, options)
  if (code === 0) return lines

  const how = code === null ? 'did not finish' : `ended with exit code ${code}`
  const where = options.logFile === undefined ? '' : `\nThe whole output is in ${options.logFile}`
  throw new SetupError(
    [
      `\`${[command, ...args].join(' ')}\` ${how}. The last it wrote:`,
      ...lines.slice(-tailLines).map(line => `    ${line}`)
    ].join('\n') + where
  )
}
