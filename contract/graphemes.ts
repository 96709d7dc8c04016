const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Graphemes in a text (what a person counts as characters), counted no further than `limit`. */
export function countGraphemes(text: string, limit = Infinity): number {
  const segments = segmenter.segment(text)[Symbol.iterator]()
  let count = 0
  while (count < limit && !segments.next().done) count++
  return count
}
