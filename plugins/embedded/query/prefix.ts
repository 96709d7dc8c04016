import { BSONRegExp } from 'bson'

/** Characters that are no text in a pattern; of those that repeat what is before them, the least often may be never. */
const repeats = '*+?{'
const special = `${repeats}.[()$^`

/** The text at the beginning of what follows the `^`; where that begins to repeat, its last character may be absent. */
function leadingText(pattern: string): string {
  const text: string[] = []
  const characters = [...pattern]
  for (let n = 0; n < characters.length; n++) {
    let character = characters[n] ?? ''
    if (repeats.includes(character)) text.pop()
    if (special.includes(character)) break
    if (character === '\\') {
      character = characters[++n] ?? ''
      // What is escaped and no punctuation has a meaning: a class, a border, a code.
      if (!/^[!-/:-@[-`{-~]$/.test(character)) break
    }
    text.push(character)
  }
  return text.join('')
}

/** What every text that a pattern finds begins with; undefined where nothing can be said. */
export function prefixOf(pattern: unknown, options?: unknown): string | undefined {
  const [source, flags] =
    pattern instanceof BSONRegExp ? [pattern.pattern, options ?? pattern.options] : [pattern, options ?? '']
  // Alternatives need not begin alike; `i` finds other letters, `m` other lines.
  if (
    typeof source !== 'string' ||
    !source.startsWith('^') ||
    source.includes('|') ||
    (flags !== '' && flags !== 's')
  ) {
    return undefined
  }
  const text = leadingText(source.slice(1))
  return text === '' || text.includes('\0') ? undefined : text
}
