import { countGraphemes } from '../../../client/index.ts'

/**
 * Returns the number of characters in a text as a person counts them. The server trims and normalizes in the same way.
 */
export function textLength(text: string): number {
  return countGraphemes(text.normalize('NFC').trim())
}

/** Describes how many characters are left, or how many a text is over its limit when the number is negative. */
export function formatCharactersLeft(left: number): string {
  const characters = Math.abs(left) === 1 ? 'character' : 'characters'
  return left < 0 ? `${-left} ${characters} too long` : `${left} ${characters} left`
}
