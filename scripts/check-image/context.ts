import { cp, mkdir, readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/**
 * Copies into `target` what a container engine would be sent of `root`: all that .dockerignore does not leave out.
 * @returns the files' paths
 */
export async function copyContext(root: string, target: string): Promise<string[]> {
  const ignored = ignores(await readFile(join(root, '.dockerignore'), 'utf8'))
  const copied: string[] = []

  async function visit(folder: string): Promise<void> {
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      const path = join(folder, entry.name)
      // Nothing in a folder that is left out comes back here: what comes back are names at the top.
      if (ignored(path)) continue
      if (entry.isDirectory()) await visit(path)
      else {
        await mkdir(dirname(join(target, path)), { recursive: true })
        await cp(join(root, path), join(target, path), { preserveTimestamps: true, verbatimSymlinks: true })
        copied.push(path)
      }
    }
  }

  await visit('')
  return copied.sort()
}

/** Whether a path is left out: the last line that fits it, or a folder above it, decides. https://docs.docker.com/build/concepts/context/#dockerignore-files */
export function ignores(dockerignore: string): (path: string) => boolean {
  const rules = dockerignore
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !line.startsWith('#'))
    .map(line =>
      line.startsWith('!')
        ? { pattern: patternOf(line.slice(1)), left: false }
        : { pattern: patternOf(line), left: true }
    )

  return path => {
    const above = path.split('/').map((_, index, names) => names.slice(0, index + 1).join('/'))
    return rules.findLast(({ pattern }) => above.some(one => pattern.test(one)))?.left ?? false
  }
}

/** Unlike a shell's and Node.js's, an engine's `*` takes names that begin with a dot, too. */
function patternOf(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*\/?|\*|\?/g, found => (found === '?' ? '[^/]' : found === '*' ? '[^/]*' : '.*'))
  return new RegExp(`^${source}$`)
}
