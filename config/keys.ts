import { createECDH, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { formats, parseList } from './formats.ts'

/** A key with its name: `kid` is public, `secret` never leaves the process. */
export interface NamedKey {
  kid: string
  secret: string
}

/** Returns the keys of a valid `kid:secret,kid:secret` list. */
export function parseKeys(keys: string): NamedKey[] {
  return parseList(keys).map(pair => {
    const [kid = '', secret = ''] = pair.split(':')
    return { kid, secret }
  })
}

/**
 * Returns the key of this machine. Creates it on first use in the data folder, readable by the owner only.
 * @throws Error when the folder cannot be written, or the file holds no valid key
 */
export function generatedKeys(dataDir: string, name: string): NamedKey[] {
  const file = join(dataDir, name)
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  writeIfMissing(file, `local:${randomBytes(32).toString('base64url')}\n`)
  const keys = readFileSync(file, 'utf8').trim()
  if (!formats.keys.validate(keys)) {
    throw new Error(`${file} holds no valid key; remove the file to create a new key, which signs everybody out`)
  }
  return parseKeys(keys)
}

/**
 * Returns the key of this machine for push messages. Creates it on first use in the data folder, readable by the owner
 * only.
 * @throws Error when the folder cannot be written, or the file holds no valid key
 */
export function generatedVapidKey(dataDir: string): string {
  const file = join(dataDir, 'push-vapid-key')
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const pair = createECDH('prime256v1')
  pair.generateKeys()
  const key = Buffer.alloc(32)
  const secret = pair.getPrivateKey()
  secret.copy(key, key.length - secret.length)
  writeIfMissing(file, `${key.toString('base64url')}\n`)
  const stored = readFileSync(file, 'utf8').trim()
  if (!formats['vapid-key'].validate(stored)) {
    throw new Error(
      `${file} holds no valid key; remove the file to create a new key, which ends all push subscriptions`
    )
  }
  return stored
}

/** Two servers may start in one folder at the same time: both use the key of the first. */
function writeIfMissing(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
}
