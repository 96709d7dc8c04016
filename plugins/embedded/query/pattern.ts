import { CommandError, notSupported } from '../errors.ts'

/** Characters that stand for themselves when they are escaped. */
const punctuation = /^[!-/:-@[-`{-~]$/

/** Escapes that mean the same in PCRE, MongoDB's language of patterns, and in JavaScript. */
const sameEscapes = 'dDwWnrt'

const quantifier = /^(?:[*+?]|\{\d{1,3}(?:,\d{0,3})?\})\??/u
const simpleClass = /^\[\^?(?:[A-Za-z0-9 _.,;:!@#%&/=~<>'"](?:-[A-Za-z0-9])?)+\]/u

function refused(construct: string): CommandError {
  return notSupported(`'${construct}' in a pattern of $regex`)
}

/** Reads the next part of a pattern: returns its text, and what JavaScript has for it. */
function nextPart(rest: string, isAtStart: boolean): { text: string; translated: string; isAtom: boolean } {
  const [character = ''] = rest
  const same = (text: string, isAtom: boolean) => ({ text, translated: text, isAtom })
  switch (character) {
    case '\\': {
      const [, escaped = ''] = rest
      if (punctuation.test(escaped)) {
        return { text: `\\${escaped}`, translated: escapeLiteral(escaped), isAtom: true }
      }
      if (escaped === '' || !sameEscapes.includes(escaped)) throw refused(`\\${escaped}`)
      return same(`\\${escaped}`, true)
    }
    case '^':
      if (!isAtStart) throw refused('^')
      return same('^', false)
    case '$':
      // PCRE's `$` is also before a line break at the end of the text.
      return { text: '$', translated: '(?=\\n?(?![^]))', isAtom: false }
    case '.':
      // JavaScript's `.` does not match some other line breaks.
      return { text: '.', translated: '[^\\n]', isAtom: true }
    case '[': {
      const text = simpleClass.exec(rest)?.[0]
      if (text === undefined) throw refused('[')
      return same(text, true)
    }
    case '(':
      if (rest[1] === '?' || rest[1] === '*') throw refused(`(${rest[1]}`)
      return { text: '(', translated: '(?:', isAtom: false }
    case ')':
      return same(')', true)
    case '|':
      return same('|', false)
    case '*':
    case '+':
    case '?':
    case '{':
    case '}':
    case ']':
      throw refused(character)
    default:
      return { text: character, translated: escapeLiteral(character), isAtom: true }
  }
}

function escapeLiteral(character: string): string {
  return '^$\\.*+?()[]{}|/'.includes(character) ? `\\${character}` : character
}

/**
 * Translates a pattern of MongoDB, whose language is PCRE's, into one of JavaScript with the same matches. Throws for a
 * construct that is not on the list of those that are known to mean the same, and names it.
 */
export function compilePattern(pattern: string): RegExp {
  if (pattern.includes('\0')) throw refused('\\0')
  let translated = ''
  for (let rest = pattern, isAtStart = true; rest !== '';) {
    const part = nextPart(rest, isAtStart)
    rest = rest.slice(part.text.length)
    const repeated = part.isAtom ? (quantifier.exec(rest)?.[0] ?? '') : ''
    rest = rest.slice(repeated.length)
    translated += part.translated + repeated
    isAtStart = part.text === '|' || part.text === '('
  }
  try {
    return new RegExp(translated, 'u')
  } catch (error) {
    throw new CommandError('BadValue', `Regular expression is invalid: ${error instanceof Error ? error.message : ''}`)
  }
}
