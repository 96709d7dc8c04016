import { cp, mkdir, readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** The rules of a .dockerignore file: https://docs.docker.com/build/concepts/context/#dockerignore-files */
export interface IgnoreRules {
  /** Returns whether a path is left out: the last rule that matches it, or a folder above it, decides. */
  isIgnored(path: string): boolean
  /**
   * Returns whether an exception (`!folder/…`) may include something inside a folder, although the folder is ignored.
   */
  mayInclude(folder: string): boolean
}

/**
 * Copies the build context of a container engine from `root` to `target`: all files that .dockerignore does not leave
 * out.
 * @returns the paths of the files
 */
export async function copyContext(root: string, target: string): Promise<string[]> {
  const { isIgnored, mayInclude } = parseIgnoreRules(await readFile(join(root, '.dockerignore'), 'utf8'))
  const copied: string[] = []

  async function visit(folder: string): Promise<void> {
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) {
        if (!isIgnored(path) || mayInclude(path)) await visit(path)
      } else if (!isIgnored(path)) {
        await mkdir(dirname(join(target, path)), { recursive: true })
        await cp(join(root, path), join(target, path), { preserveTimestamps: true, verbatimSymlinks: true })
        copied.push(path)
      }
    }
  }

  await visit('')
  return copied.sort()
}

export function parseIgnoreRules(dockerignore: string): IgnoreRules {
  const lines = dockerignore
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !line.startsWith('#'))
  const rules = lines.map(line => ({ pattern: toPattern(line.replace(/^!/, '')), isException: line.startsWith('!') }))
  const foldersOfExceptions = lines
    .filter(line => line.startsWith('!'))
    .flatMap(line => foldersAbove(line.slice(1)))
    .map(toPattern)

  return {
    isIgnored(path) {
      const candidates = [...foldersAbove(path), path]
      const last = rules.findLast(({ pattern }) => candidates.some(candidate => pattern.test(candidate)))
      return last !== undefined && !last.isException
    },
    mayInclude: folder => foldersOfExceptions.some(pattern => pattern.test(folder))
  }
}

/** Returns `a` and `a/b` for `a/b/c`. */
function foldersAbove(path: string): string[] {
  const names = path.split('/').slice(0, -1)
  return names.map((_, index) => names.slice(0, index + 1).join('/'))
}

/** Converts a glob. Unlike in a shell or in Node.js, `*` also matches names that begin with a dot. */
function toPattern(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*\/?|\*|\?/g, found => (found === '?' ? '[^/]' : found === '*' ? '[^/]*' : '.*'))
  return new RegExp(`^${source}$`)
}
