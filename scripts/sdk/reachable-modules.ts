import { glob, readFile, rm } from 'node:fs/promises'
import { dirname, join, posix } from 'node:path'

/**
 * Removes JavaScript modules that the entry module does not reach through imports. The compiler emits a module for each
 * file whose types are used; the package needs only the declarations of most schemas. `entry` is relative to `folder`.
 */
export async function removeUnreachableModules(folder: string, entry: string): Promise<void> {
  const reachable = new Set<string>()
  const visit = async (path: string): Promise<void> => {
    if (reachable.has(path)) return
    reachable.add(path)
    for (const specifier of relativeImports(await readFile(join(folder, path), 'utf8'))) {
      await visit(posix.join(dirname(path), specifier))
    }
  }
  await visit(entry)
  for await (const path of glob('**/*.js', { cwd: folder })) {
    if (!reachable.has(path)) await rm(join(folder, path))
  }
}

/** The specifiers of relative imports, static and dynamic, in a module emitted by the TypeScript compiler. */
export function relativeImports(source: string): string[] {
  return [...source.matchAll(/\b(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g)].map(([, specifier = '']) => specifier)
}
