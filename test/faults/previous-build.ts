import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { attempt, run } from '../../scripts/command.ts'

const root = join(import.meta.dirname, '..', '..')
const gitTimeoutMs = 60_000
const installTimeoutMs = 300_000
/** The media worker of the previous build may have to be compiled. */
const setupTimeoutMs = 1_200_000
/** Until the first release: the hash of a commit that a node of this build must work beside. */
const commitFile = join(import.meta.dirname, 'previous-commit')

/** The build before this one, in a folder of its own. */
export interface PreviousBuild {
  /** A tag, or a commit. */
  readonly name: string
  readonly folder: string
}

/**
 * Checks the previous build out of the history of this clone: the newest tag v* before HEAD, or the commit in the file
 * previous-commit. It is removed after the test. Throws when the history does not have it.
 */
export async function checkOutPrevious(t: Test): Promise<PreviousBuild> {
  const name = await findPrevious()
  const known = await attempt('git', ['cat-file', '-e', `${name}^{commit}`], { cwd: root, timeoutMs: gitTimeoutMs })
  if (known.code !== 0) {
    throw new Error(`The history of this clone does not have ${name}, the previous build: git fetch --unshallow --tags`)
  }
  const folder = mkdtempSync(join(tmpdir(), 'ambient-previous-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const archive = join(folder, 'archive.tar')
  await run('git', ['archive', '--output', archive, name], { cwd: root, timeoutMs: gitTimeoutMs })
  await run('tar', ['-xf', archive], { cwd: folder, timeoutMs: gitTimeoutMs })
  const lock = 'package-lock.json'
  if (readFileSync(join(root, lock)).equals(readFileSync(join(folder, lock)))) linkPackages(folder)
  else await run('npm', ['ci'], { cwd: folder, timeoutMs: installTimeoutMs })
  await run(process.execPath, ['scripts/setup.ts', 'test'], { cwd: folder, timeoutMs: setupTimeoutMs })
  return { name, folder }
}

async function findPrevious(): Promise<string> {
  const args = ['describe', '--tags', '--abbrev=0', '--match', 'v[0-9]*', 'HEAD~1']
  const { code, lines } = await attempt('git', args, { cwd: root, timeoutMs: gitTimeoutMs })
  return code === 0 && lines[0] !== undefined ? lines[0] : readFileSync(commitFile, 'utf8').trim()
}

/** Links the installed packages, except our own, which each build brings itself. */
function linkPackages(folder: string): void {
  const installed = join(root, 'node_modules')
  const target = join(folder, 'node_modules')
  mkdirSync(join(target, '@ambient'), { recursive: true })
  for (const entry of readdirSync(installed)) {
    if (entry !== '@ambient') symlinkSync(join(installed, entry), join(target, entry))
  }
  symlinkSync(join(folder, 'client'), join(target, '@ambient', 'client'))
  symlinkSync(join(folder, 'plugins', 'embedded'), join(target, '@ambient', 'embedded-store'))
}
