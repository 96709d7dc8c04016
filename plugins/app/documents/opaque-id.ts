import { randomBytes } from 'node:crypto'

const idBytes = 15

/** A new id nobody can guess: 120 random bits, safe in a URL. */
export function opaqueId(): string {
  return randomBytes(idBytes).toString('base64url')
}
