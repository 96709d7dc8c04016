import { existsSync } from 'node:fs'
import { copyFile, mkdir, rename, utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/**
 * A file that a step builds, cached by its actual inputs. A change in a lower layer that does not concern the file then
 * costs no minutes.
 */
export interface KeptFile {
  /** The command of the step, as in the Dockerfile. */
  readonly command: readonly string[]
  /** The absolute path to which the step writes the file. */
  readonly path: string
  /** A hash of all inputs of the file. */
  readonly key: string
}

/** Copies a cached file into a new layer. Returns false when there is none. */
export async function restoreKept(home: string, { key, path }: KeptFile, files: string): Promise<boolean> {
  const place = join(home, `kept-${key}`)
  if (!existsSync(join(place, 'file'))) return false
  await mkdir(dirname(join(files, path)), { recursive: true })
  await copyFile(join(place, 'file'), join(files, path))
  await utimes(place, new Date(), new Date())
  return true
}

/** Caches a file that a step has built. */
export async function keep(home: string, { key, path }: KeptFile, files: string): Promise<void> {
  const place = join(home, `kept-${key}`)
  await mkdir(place, { recursive: true })
  await copyFile(join(files, path), join(place, 'new'))
  await rename(join(place, 'new'), join(place, 'file'))
}
