import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { formats, parseList } from './formats.ts'

/** A key with its name: `kid` is public, `secret` never leaves the process. */
export interface NamedKey {
  kid: string
  secret: string
}

/** The keys of a `kid:secret,kid:secret` list that was found good. */
export function parseKeys(keys: string): NamedKey[] {
  return parseList(keys).map(pair => {
    const [kid = '', secret = ''] = pair.split(':')
    return { kid, secret }
  })
}

/**
 * A key of this machine's own, made once and kept beside the data, readable by nobody else. Throws when the folder can't be
 * written or the file holds something else.
 */
export function generatedKeys(dataDir: string, name: string): NamedKey[] {
  const file = join(dataDir, name)
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  writeIfMissing(file, `local:${randomBytes(32).toString('base64url')}\n`)
  const keys = readFileSync(file, 'utf8').trim()
  if (!formats.keys.validate(keys)) {
    throw new Error(`${file} does not hold a key; remove it and a new one is made, which signs everybody out`)
  }
  return parseKeys(keys)
}

/** Two servers may start on one folder at once: the first one's key is everybody's. */
function writeIfMissing(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
}
