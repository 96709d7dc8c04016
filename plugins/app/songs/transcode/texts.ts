import { cleanText, textFault } from '../../../../contract/text.ts'

const longest = 200
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })
// What a title may not hold: controls, line breaks, and what rewrites the line it stands in.
const unwanted = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu
/** So many characters are looked at; a grapheme may have several. */
const longestLookedAt = 4000

/** A text of a tag or a file name as it may be shown, in one line and not too long; null when nothing of it is left. */
export function shownText(text: string | null | undefined): string | null {
  if (text == null) return null
  const line = cleanText(text.slice(0, longestLookedAt).toWellFormed().replace(unwanted, ' '))
  const short = cleanText(
    [...graphemes.segment(line)]
      .slice(0, longest)
      .map(({ segment }) => segment)
      .join('')
  )
  return textFault(short, { min: 1, max: longest, multiline: false }) === null ? short : null
}

/** What the name of a file says its title is: without folders and the ending. */
export function titleOfFile(fileName: string): string | null {
  const last = fileName.split(/[\\/]/).at(-1) ?? ''
  return shownText(last.replace(/\.[A-Za-z0-9]{1,5}$/, '').replaceAll('_', ' '))
}
