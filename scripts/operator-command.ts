import { inspect } from 'node:util'
import { ConfigError } from '../config/config.ts'
import type { Environment } from '../config/mistakes.ts'
import { CodedError } from '../contract/errors.ts'
import { EmbeddedStoreError } from '../plugins/embedded/index.ts'
import { BackupError } from './backup/backup-error.ts'
import { CopyError } from './database/location.ts'
import type { ProgressOutput } from './progress.ts'
import { ImportError } from './songs/import-error.ts'

/** Parts of the process that a command uses. */
export interface CommandContext {
  readonly env: Environment
  readonly stdout: ProgressOutput
  readonly stderr: { write(text: string): unknown }
}

/** A command for operators. */
export interface OperatorCommand<Arguments> {
  usage: string
  /** Returns undefined, or throws an error of `parseArgs`, when the arguments are invalid. */
  parse(args: readonly string[]): Arguments | undefined
  run(args: Arguments, context: CommandContext): Promise<void>
}

const failedCode = 1
const usageCode = 2

/** Errors with a message for the operator. */
const expectedErrors = [BackupError, CopyError, ImportError, ConfigError, EmbeddedStoreError, CodedError]

/** Messages for error codes of the file system. */
const fileErrors: Readonly<Record<string, string>> = {
  ENOSPC: 'There is no space left on the disk',
  EDQUOT: "This user's disk quota is used up",
  EFBIG: 'The file would exceed the maximum file size of this user',
  EACCES: 'Permission denied for this user',
  EPERM: 'Operation not permitted for this user',
  EROFS: 'The file system is read-only',
  EIO: 'The disk failed'
}

/** Returns a message for an error that the operator can fix, or null for any other error. */
export function messageFor(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  if (expectedErrors.some(kind => error instanceof kind)) return error.message
  const message = 'code' in error && typeof error.code === 'string' ? fileErrors[error.code] : undefined
  return message === undefined ? null : `${message}: ${error.message}`
}

/**
 * Joins an option with the id after it: `--show=ID`. An id may begin with a dash, and `parseArgs` would take it for
 * another option.
 */
export function joinId(args: readonly string[], option: string): string[] {
  const at = args.indexOf(option)
  const id = at < 0 ? undefined : args[at + 1]
  return id === undefined ? [...args] : [...args.slice(0, at), `${option}=${id}`, ...args.slice(at + 2)]
}

function tryParse<Arguments>(command: OperatorCommand<Arguments>, args: readonly string[]): Arguments | undefined {
  try {
    return command.parse(args)
  } catch {
    return undefined
  }
}

/**
 * Runs a command and returns its exit code. Invalid arguments print the usage and give exit code 2. A failed command
 * gives exit code 1; an error that the operator can fix is printed as a message, any other with its stack.
 */
export async function execute<Arguments>(
  command: OperatorCommand<Arguments>,
  args: readonly string[],
  context: CommandContext
): Promise<number> {
  const parsed = tryParse(command, args)
  if (parsed === undefined) {
    context.stderr.write(`${command.usage}\n`)
    return usageCode
  }
  try {
    await command.run(parsed, context)
    return 0
  } catch (error) {
    const message = messageFor(error)
    context.stderr.write(message === null ? `${inspect(error)}\n` : `\n${message}\n\n`)
    return failedCode
  }
}

/** Runs a command with the arguments and the environment of this process. */
export async function runCommand<Arguments>(command: OperatorCommand<Arguments>): Promise<void> {
  process.exitCode = await execute(command, process.argv.slice(2), process)
}
