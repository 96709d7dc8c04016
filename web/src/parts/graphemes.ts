const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** How many characters a person counts in a text: the server measures in the same way. */
export function countGraphemes(text: string): number {
  return Array.from(segmenter.segment(text.normalize('NFC').trim())).length
}
