import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

import { attempt } from '../command.ts'
import { SetupError } from '../setup-error.ts'

const timeoutMs = 30_000

/** A source that is patched before it is built. */
export interface PatchedSource {
  /** The folder of the source. */
  readonly source: string
  /** The folder of its patches: unified diffs that begin with their reason. They are applied in the order of names. */
  readonly patches: string
}

/**
 * Applies all patches to a copy of a source.
 * @throws SetupError when one does not fit exactly, because a build without it would be slower or broken
 */
export async function applyPatches({ source, patches }: PatchedSource, logFile?: string): Promise<void> {
  const names = (await readdir(patches)).filter(name => name.endsWith('.patch')).toSorted()
  for (const name of names) {
    // Without fuzz, lines around a change that are different now count as a mismatch.
    const args = ['-p1', '--fuzz=0', '--forward', '--batch', '--silent', '-i', join(patches, name)]
    const { code, lines } = await attempt('patch', args, { cwd: source, timeoutMs, ...(logFile && { logFile }) })
    if (code !== 0) throw new SetupError(mismatchMessage(join(patches, name), lines))
  }
}

function mismatchMessage(patch: string, lines: readonly string[]): string {
  return (
    `The media worker is not built: its source does not match ${patch}, which begins with the reason for the change. ` +
    `Check what the source does now and adapt the patch.\n${lines.join('\n')}`
  )
}
