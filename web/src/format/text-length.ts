import { textLength as lengthOf } from '../../../client/index.ts'

/**
 * Returns the number of characters in a text as a person counts them, or more if they have many bytes. The server
 * trims, normalizes and limits in the same way.
 */
export function textLength(text: string): number {
  return lengthOf(text.normalize('NFC').trim())
}

/** Describes how many characters are left, or how many a text is over its limit when the number is negative. */
export function formatCharactersLeft(left: number): string {
  const characters = Math.abs(left) === 1 ? 'character' : 'characters'
  return left < 0 ? `${-left} ${characters} too long` : `${left} ${characters} left`
}
