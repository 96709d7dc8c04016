import { ConfigError } from '../config/config.ts'
import { CodedError } from '../contract/errors.ts'
import { EmbeddedStoreError } from '../plugins/embedded/index.ts'
import { CopyError } from './database/place.ts'
import { KeepingError } from './backup/backup-error.ts'
import { ImportError } from './songs/import-error.ts'

/** A command as an operator gives it. */
export interface OperatorCommand<Asked> {
  usage: string
  /** What the arguments ask for; null, or an error of `parseArgs`, where they make no sense. */
  read(): Asked | null
  run(asked: Asked): Promise<void>
}

const failed = 1
const misunderstood = 2

/** Errors whose message is for the person who gave the command. */
const told = [KeepingError, CopyError, ImportError, ConfigError, EmbeddedStoreError, CodedError]

/** What a file system refuses with, in words. */
const refusals: Readonly<Record<string, string>> = {
  ENOSPC: 'There is no space left on the disk',
  EDQUOT: 'There is no space left for this user',
  EFBIG: 'The file would be larger than this user may make one',
  EACCES: 'This user may not do that',
  EPERM: 'This user may not do that',
  EROFS: 'That can only be read',
  EIO: 'The disk fails'
}

/** The words for what the person who gave a command can mend; null for anything else. */
export function wordsFor(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  if (told.some(kind => error instanceof kind)) return error.message
  const refusal = 'code' in error && typeof error.code === 'string' ? refusals[error.code] : undefined
  return refusal === undefined ? null : `${refusal}: ${error.message}`
}

function tryToRead<Asked>(read: () => Asked | null): Asked | null {
  try {
    return read()
  } catch {
    return null
  }
}

/**
 * Runs a command to its end. Arguments that make no sense are answered with its usage and exit code 2; what the person who gave it can
 * mend is told in words, anything else as it is, and the exit code is then 1.
 */
export async function runCommand<Asked>({ usage, read, run }: OperatorCommand<Asked>): Promise<void> {
  const asked = tryToRead(read)
  if (asked === null) {
    console.error(usage)
    process.exitCode = misunderstood
    return
  }
  try {
    await run(asked)
  } catch (error) {
    const words = wordsFor(error)
    console.error(words === null ? error : `\n${words}\n`)
    process.exitCode = failed
  }
}
