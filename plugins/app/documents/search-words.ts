/** Words of one text; more would make its document and its index grow for nothing. */
const mostWords = 400
const longestWord = 40
const mostWordsAsked = 8

// Knows where words end also in scripts that put no spaces between them.
const segmenter = new Intl.Segmenter('en', { granularity: 'word' })

/** The different words of some texts as they are searched for: without case, accents and what is no word. */
export function wordsOf(...texts: string[]): string[] {
  const words = new Set<string>()
  for (const text of texts) {
    for (const { segment, isWordLike } of segmenter.segment(folded(text))) {
      if (isWordLike) words.add(segment.slice(0, longestWord))
      if (words.size >= mostWords) return [...words]
    }
  }
  return [...words]
}

/**
 * What a search asks for: each is the beginning of a word, the longest, which says most, first. Empty when there is
 * nothing to look for.
 */
export function beginningsOf(query: string): string[] {
  return wordsOf(query)
    .slice(0, mostWordsAsked)
    .sort((a, b) => b.length - a.length)
}

/** A text without case and accents. */
export function folded(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}
