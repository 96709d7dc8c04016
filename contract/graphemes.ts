// Created by the first call: React Native's JavaScript engine has no Intl.Segmenter, and importing this module works
// there too.
let segmenter: Intl.Segmenter | undefined

/** Returns the number of graphemes in a text (what a person counts as characters), counting no further than `limit`. */
export function countGraphemes(text: string, limit = Infinity): number {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  const segments = segmenter.segment(text)[Symbol.iterator]()
  let count = 0
  while (count < limit && !segments.next().done) count++
  return count
}
