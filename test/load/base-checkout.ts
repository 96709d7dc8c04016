import { execFile } from 'node:child_process'
import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')

/** A checkout of an earlier commit, for a benchmark that compares the builds in one run. */
export interface BaseCheckout {
  folder: string
  remove: () => Promise<void>
}

/**
 * Checks out a commit into a folder of its own, with the packages of this checkout. Returns undefined where git or the
 * commit is missing, as in an archive of the sources.
 */
export async function checkOutBase(commit: string): Promise<BaseCheckout | undefined> {
  const parent = await mkdtemp(join(tmpdir(), 'ambient-base-'))
  const folder = join(parent, 'base')
  const git = async (...args: string[]) => await run('git', ['-C', root, ...args])
  try {
    await git('worktree', 'add', '--detach', folder, commit)
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  } catch {
    await rm(parent, { recursive: true, force: true })
    return undefined
  }
  return {
    folder,
    async remove() {
      await git('worktree', 'remove', '--force', folder)
      await rm(parent, { recursive: true, force: true })
    }
  }
}
