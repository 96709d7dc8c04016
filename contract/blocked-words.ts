import { Type, type Static } from 'typebox'
import { Exactly } from './primitives.ts'
import { BlockedWord } from './text.ts'

/** Maximum number of words that a creator blocks. */
export const maxBlockedWords = 200

/**
 * Words that comments in the shows of a creator may not have: a whole word, or with a `*` at its end the beginning of
 * words. Case, accents, and separators between letters do not matter.
 */
export const BlockedWords = Exactly(
  { words: Type.Array(BlockedWord, { maxItems: maxBlockedWords }) },
  { examples: [{ words: ['spoiler', 'spam*'] }] }
)
export type BlockedWords = Static<typeof BlockedWords>
