import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'

import { run } from './command.ts'
import { step } from './progress.ts'

const sources = ['web', 'client', 'contract', 'package-lock.json', 'tsconfig.json']
const buildTimeoutMs = 5 * 60_000

/**
 * Builds the web client into `web/dist`, unless it was already built from the same sources.
 * @throws SetupError with the last lines of the bundler's output
 */
export async function ensureWebClient(root: string): Promise<void> {
  const stampFile = join(root, 'web', 'dist', '.stamp')
  const stamp = await sourceStamp(root)
  if ((await readFile(stampFile, 'utf8').catch(() => '')) === stamp) return

  step('Building the web client')
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
  await run(process.execPath, [vite, 'build', '--config', join(root, 'web', 'vite.config.ts')], {
    cwd: root,
    timeoutMs: buildTimeoutMs
  })
  await mkdir(join(root, 'web', 'dist'), { recursive: true })
  await writeFile(stampFile, stamp)
}

/** Returns a hash of the names and contents of all sources of the web client. */
export async function sourceStamp(root: string): Promise<string> {
  const hash = createHash('sha256')
  for (const path of (await Promise.all(sources.map(source => filesIn(join(root, source))))).flat().sort()) {
    const bytes = await readFile(path)
    // The length separates the contents of one file from the next.
    hash.update(`${relative(root, path)}\0${bytes.length}\0`).update(bytes)
  }
  return hash.digest('hex')
}

async function filesIn(path: string): Promise<string[]> {
  if (!existsSync(path)) return []
  const entries = await readdir(path, { withFileTypes: true }).catch(() => undefined)
  if (entries === undefined) return [path]
  const inside = await Promise.all(
    entries
      .filter(entry => entry.name !== 'dist' && entry.name !== 'node_modules')
      .map(entry => (entry.isDirectory() ? filesIn(join(path, entry.name)) : [join(path, entry.name)]))
  )
  return inside.flat()
}
