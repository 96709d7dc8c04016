import { randomBytes } from 'node:crypto'

const idBytes = 15

/** Creates an id that can't be guessed: 120 random bits, safe in a URL. */
export function opaqueId(): string {
  return randomBytes(idBytes).toString('base64url')
}
