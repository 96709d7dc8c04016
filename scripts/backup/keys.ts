import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Environment } from '../../config/mistakes.ts'
import { writeWhole } from './files.ts'
import { KeepingError } from './backup-error.ts'
import { placesIn, type KeyEntry } from './manifest.ts'

/** The files in which a server keeps the keys it made for itself, and the settings that take their place. */
export const keySettings = { 'jwt-keys': 'JWT_KEYS', 'token-keys': 'TOKEN_KEYS' } as const

export type KeyName = keyof typeof keySettings

/** The keys a server of these settings has of its own, and where they are. */
export interface OwnKeys {
  folder: string
  names: readonly KeyName[]
}

/** A key that is given by its setting is not taken from a file, even where there is one. */
export function ownKeys(env: Environment, folder: string): OwnKeys {
  const all: KeyName[] = ['jwt-keys', 'token-keys']
  return { folder, names: all.filter(name => !env[keySettings[name]]) }
}

async function readKeys(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

/** Copies the keys a server made. Throws KeepingError where it made none: then they are elsewhere, and would be missed after a restore. */
export async function copyKeys({ folder: from, names }: OwnKeys, folder: string): Promise<KeyEntry[]> {
  const entries: KeyEntry[] = []
  for (const name of names) {
    const bytes = await readKeys(join(from, name))
    if (bytes) entries.push({ name, ...(await writeWhole(join(placesIn(folder).keys, name), [bytes])) })
  }
  if (entries.length === 0) {
    throw new KeepingError(
      `--with-keys: there are no keys of the server's own in ${from}. Keys that its environment gives it (JWT_KEYS, TOKEN_KEYS) are not here: keep them with your other secrets.`
    )
  }
  return entries
}

/** Those of a backup's keys that are put back: not those that settings bring. */
export const restorable = (entries: readonly KeyEntry[], keysTo: OwnKeys): KeyEntry[] =>
  entries.filter(({ name }) => keysTo.names.includes(name))

export async function restoreKeys(entries: readonly KeyEntry[], folder: string, keysTo: OwnKeys): Promise<void> {
  for (const { name } of restorable(entries, keysTo)) {
    await writeWhole(join(keysTo.folder, name), [await readFile(join(placesIn(folder).keys, name))])
  }
}
