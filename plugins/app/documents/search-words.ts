/** Maximum number of words of one text. More words would only make its document and its index larger. */
const maxWords = 400
const maxWordLength = 40
const maxSearchedWords = 8

// Finds the ends of words also in scripts without spaces between words.
const segmenter = new Intl.Segmenter('en', { granularity: 'word' })

/** Returns the distinct words of texts in the form in which they are searched: without case and accents. */
export function wordsOf(...texts: string[]): string[] {
  const words = new Set<string>()
  for (const text of texts) {
    for (const { segment, isWordLike } of segmenter.segment(folded(text))) {
      if (isWordLike) words.add(segment.slice(0, maxWordLength))
      if (words.size >= maxWords) return [...words]
    }
  }
  return [...words]
}

/**
 * Returns the beginnings of words that a query searches for. The longest, most selective one is first. Empty for a
 * query without words.
 */
export function beginningsOf(query: string): string[] {
  return wordsOf(query)
    .slice(0, maxSearchedWords)
    .sort((a, b) => b.length - a.length)
}

/** Returns a filter for documents with a word of this beginning in their field `words`. */
export function wordFilter(beginning: string): { words: { $regex: string } } {
  return { words: { $regex: `^${beginning.replace(/[\\^$.*+?()[\]{}|-]/g, '\\$&')}` } }
}

/** Returns a text without case and accents. */
export function folded(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}
