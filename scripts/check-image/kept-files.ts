import { existsSync } from 'node:fs'
import { copyFile, mkdir, rename, utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** A file that a step makes, kept by what it really depends on, so that a layer below that changed otherwise does not cost minutes. */
export interface KeptFile {
  /** The step's command, as it stands in the Dockerfile. */
  readonly command: readonly string[]
  /** Where the step puts the file, from the root. */
  readonly path: string
  /** Over everything that the file is made from. */
  readonly key: string
}

/** Puts a kept file into a new layer; false when there is none. */
export async function takeKept(home: string, { key, path }: KeptFile, files: string): Promise<boolean> {
  const place = join(home, `kept-${key}`)
  if (!existsSync(join(place, 'file'))) return false
  await mkdir(dirname(join(files, path)), { recursive: true })
  await copyFile(join(place, 'file'), join(files, path))
  await utimes(place, new Date(), new Date())
  return true
}

/** Keeps a file that a step has made. */
export async function keep(home: string, { key, path }: KeptFile, files: string): Promise<void> {
  const place = join(home, `kept-${key}`)
  await mkdir(place, { recursive: true })
  await copyFile(join(files, path), join(place, 'new'))
  await rename(join(place, 'new'), join(place, 'file'))
}
