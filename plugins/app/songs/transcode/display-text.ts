import { leadingGraphemes } from '../../../../contract/graphemes.ts'
import { withoutExtension } from '../../../../contract/song-files.ts'
import { cleanText, textError } from '../../../../contract/text.ts'

const maxGraphemes = 200
// Characters that a title may not contain: controls, line breaks, and bidirectional overrides.
const forbiddenCharacters = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu
/** Maximum number of characters examined; a grapheme may have several. */
const maxExaminedCharacters = 4000

/**
 * Returns a text of a tag or a file name as one displayable line of limited length; null when nothing is left of it.
 */
export function displayText(text: string | null | undefined): string | null {
  if (text == null) return null
  const line = cleanText(text.slice(0, maxExaminedCharacters).toWellFormed().replace(forbiddenCharacters, ' '))
  const shortened = cleanText(leadingGraphemes(line, maxGraphemes))
  return textError(shortened, { min: 1, max: maxGraphemes, multiline: false }) === null ? shortened : null
}

/** Returns the title that a file name gives: the name without folders and the ending of a song. */
export function titleFromFileName(fileName: string): string | null {
  const baseName = fileName.split(/[\\/]/).at(-1) ?? ''
  return displayText(withoutExtension(baseName).replaceAll('_', ' '))
}
