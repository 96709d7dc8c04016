// Created by the first call: React Native's JavaScript engine has no Intl.Segmenter, and importing this module works
// there too.
let segmenter: Intl.Segmenter | undefined

/** Bytes of UTF-8 that the graphemes of a text may have on average. An emoji of several people has up to 40. */
const bytesPerGrapheme = 4

/** Returns the number of graphemes in a text (what a person counts as characters), counting no further than `limit`. */
export function countGraphemes(text: string, limit = Infinity): number {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  const segments = segmenter.segment(text)[Symbol.iterator]()
  let count = 0
  while (count < limit && !segments.next().done) count++
  return count
}

/** Returns the number of bytes of a text in UTF-8. React Native's JavaScript engine may have no TextEncoder. */
export function countBytes(text: string): number {
  let count = 0
  for (const character of text) {
    const codePoint = character.codePointAt(0) ?? 0
    count += codePoint < 0x80 ? 1 : codePoint < 0x8_00 ? 2 : codePoint < 0x1_00_00 ? 3 : 4
  }
  return count
}

/** Returns the maximum number of bytes of a text that may have this number of graphemes. */
export function maxBytesFor(graphemes: number): number {
  return graphemes * bytesPerGrapheme
}

/**
 * Returns how much of its limit a text uses, in graphemes: their number, or more if they have more than four bytes on
 * average.
 */
export function textLength(text: string): number {
  return Math.max(countGraphemes(text), Math.ceil(countBytes(text) / bytesPerGrapheme))
}

/** Returns the beginning of a text that has at most this number of graphemes, and no more bytes than they may have. */
export function leadingGraphemes(text: string, max: number): string {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  let [end, count, bytes] = [0, 0, 0]
  for (const { segment } of segmenter.segment(text)) {
    bytes += countBytes(segment)
    if (++count > max || bytes > maxBytesFor(max)) break
    end += segment.length
  }
  return text.slice(0, end)
}
