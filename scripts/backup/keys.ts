import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Environment } from '../../config/mistakes.ts'
import { BackupError } from './backup-error.ts'
import { writeAtomically } from './files.ts'
import { backupPaths, type KeyEntry } from './manifest.ts'

/** The files in which a server keeps the keys it generated, and the settings that replace them. */
export const keySettings = {
  'jwt-keys': 'JWT_KEYS',
  'token-keys': 'TOKEN_KEYS',
  'push-vapid-key': 'PUSH_VAPID_KEY'
} as const

export type KeyName = keyof typeof keySettings

/** The names of the keys that a server generates itself, and the folder of their files. */
export interface GeneratedKeys {
  folder: string
  names: readonly KeyName[]
}

/** Returns the keys that no setting gives. A key of a setting is never read from a file, even when there is one. */
export function generatedKeys(env: Environment, folder: string): GeneratedKeys {
  const all: KeyName[] = ['jwt-keys', 'token-keys', 'push-vapid-key']
  return { folder, names: all.filter(name => !env[keySettings[name]]) }
}

async function findKeys(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/**
 * Copies the generated keys into a backup.
 * @throws BackupError when there are none: the keys are then elsewhere and would be missing after a restore
 */
export async function copyKeys({ folder: from, names }: GeneratedKeys, folder: string): Promise<KeyEntry[]> {
  const entries: KeyEntry[] = []
  for (const name of names) {
    const bytes = await findKeys(join(from, name))
    if (bytes) entries.push({ name, ...(await writeAtomically(join(backupPaths(folder).keys, name), [bytes])) })
  }
  if (entries.length === 0) {
    throw new BackupError(
      `--with-keys: the server has not generated keys in ${from}. Keys of its environment (${Object.values(keySettings).join(', ')}) are not ` +
        'stored there: keep them with your other secrets.'
    )
  }
  return entries
}

/** Returns the keys of a backup to restore: those that no setting gives. */
export const restorableKeys = (entries: readonly KeyEntry[], keysTo: GeneratedKeys): KeyEntry[] =>
  entries.filter(({ name }) => keysTo.names.includes(name))

export async function restoreKeys(entries: readonly KeyEntry[], folder: string, keysTo: GeneratedKeys): Promise<void> {
  for (const { name } of restorableKeys(entries, keysTo)) {
    await writeAtomically(join(keysTo.folder, name), [await readFile(join(backupPaths(folder).keys, name))])
  }
}
