/**
 * Quantifiers of a pattern. The text before `*`, `?` or `{` may be absent; `+` ends the text as well, to keep this
 * simple.
 */
const quantifiers = '*+?{'
const special = `${quantifiers}.[()$^`

/** Returns the text with which a pattern begins, after its `^`. A last character with a quantifier is left out. */
function leadingText(pattern: string): string {
  const text: string[] = []
  const characters = [...pattern]
  for (let n = 0; n < characters.length; n++) {
    let character = characters[n] ?? ''
    if (quantifiers.includes(character)) text.pop()
    if (special.includes(character)) break
    if (character === '\\') {
      character = characters[++n] ?? ''
      // An escaped character that is not punctuation has a meaning: a class, a boundary, a code.
      if (!/^[!-/:-@[-`{-~]$/.test(character)) break
    }
    text.push(character)
  }
  return text.join('')
}

/** Returns the text with which all matches of a pattern begin, or undefined if there is no such text. */
export function prefixOf(pattern: unknown): string | undefined {
  // Alternatives may begin differently.
  if (typeof pattern !== 'string' || !pattern.startsWith('^') || pattern.includes('|')) return undefined
  const text = leadingText(pattern.slice(1))
  return text === '' || text.includes('\0') ? undefined : text
}
