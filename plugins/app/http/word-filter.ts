/** Finds blocked words in texts. */
export interface WordFilter {
  /** Whether a text has one of the words. */
  finds(text: string): boolean
}

/** Scripts without spaces between words: their words are found inside of longer text. */
const unspaced = /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]/u
const separators = /[^\p{L}\p{M}\p{N}]+/u
/** Any marks on letters of these scripts are accents. */
const accents = /(?<=[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])\p{M}+/gu
/** Marks that many people leave out. Other marks are vowels and sounds: without them, other words would be the same. */
const optionalMarks = /[[\p{M}&&[\p{Script=Inherited}\p{Script=Hebrew}\p{Script=Arabic}]]--[\u3099\u309a]]/gv

/**
 * Compiles blocked words. An entry is a word, or with a `*` at its end the beginning of words. Case, accents, width and
 * invisible characters do not matter, nor do separators between the letters of a word (`b.a.d`, `b a d`). An entry is
 * never a pattern: a text is split once and its words are looked up, in time proportional to its length.
 */
export function createWordFilter(entries: readonly string[]): WordFilter {
  const words = new Set<string>()
  const beginnings = new Map<number, Set<string>>()
  const inside: string[] = []
  for (const entry of entries) {
    const letters = comparedLetters(entry)
    if (letters === '') continue
    if (unspaced.test(letters)) inside.push(letters)
    else if (entry.trim().endsWith('*')) {
      beginnings.set(letters.length, (beginnings.get(letters.length) ?? new Set()).add(letters))
    } else words.add(letters)
  }

  return {
    finds(text) {
      if (words.size + beginnings.size + inside.length === 0) return false
      const plain = folded(text)
      if (inside.length > 0 && findsInside(lettersOf(plain))) return true
      return wordsOf(plain).some(isBlocked)
    }
  }

  function findsInside(letters: string): boolean {
    return inside.some(word => letters.includes(word))
  }

  function isBlocked(word: string): boolean {
    if (words.has(word)) return true
    for (const [length, starts] of beginnings) {
      if (length <= word.length && starts.has(word.slice(0, length))) return true
    }
    return false
  }
}

/** Returns what is compared of an entry: its letters and digits, folded. An entry without any finds nothing. */
export function comparedLetters(entry: string): string {
  return lettersOf(folded(entry))
}

/** A text without differences of case, width, accents and invisible characters. */
function folded(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{Cf}/gu, '')
    .replace(accents, '')
    .replace(optionalMarks, '')
    .toUpperCase()
    .toLowerCase()
    .replaceAll('ς', 'σ')
}

function lettersOf(text: string): string {
  return text.split(separators).join('')
}

/** The words of a text; those with separators between their letters as one word, too. */
function wordsOf(text: string): string[] {
  const words: string[] = []
  let letters = ''
  for (const chunk of text.split(/\s+/u)) {
    const parts = chunk.split(separators).filter(part => part !== '')
    const joined = parts.join('')
    words.push(...parts)
    if (parts.length > 1) words.push(joined)
    if (joined.length === 1) letters += joined
    else if (joined !== '') {
      words.push(letters)
      letters = ''
    }
  }
  return [...words, letters]
}
