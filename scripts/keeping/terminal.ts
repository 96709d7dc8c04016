import { ConfigError } from '../../config.ts'
import { EmbeddedStoreError } from '../../plugins/embedded/errors.ts'
import { CopyError } from '../database/place.ts'
import { createProgress, step, type Progress } from '../progress.ts'
import { KeepingError } from './keeping-error.ts'
import type { Report } from './report.ts'

/** Tells on standard output how it goes. */
export function reportToTerminal (): Report {
  let current: Progress | undefined
  return {
    say: step,
    begin (what) {
      step(what)
      const progress = createProgress(what)
      current = progress
      return percent => progress.update(percent)
    },
    end () { current?.end() }
  }
}

/** Runs a command to its end: what the person who gave it can mend is told in words, anything else as it is; the exit code is then 1. */
export async function runCommand (command: () => Promise<void>): Promise<void> {
  try {
    await command()
  } catch (error) {
    const isTold = [KeepingError, CopyError, ConfigError, EmbeddedStoreError].some(kind => error instanceof kind)
    console.error(isTold && error instanceof Error ? `\n${error.message}\n` : error)
    process.exitCode = 1
  }
}
