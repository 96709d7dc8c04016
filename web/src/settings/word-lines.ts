import type { Issue } from '../../../client/index.ts'

/** A word with the number of its line, from 1 on. */
export interface WordLine {
  readonly line: number
  readonly word: string
}

/** A line that the server does not accept. */
export interface RefusedLine {
  readonly line: number
  readonly message: string
}

/** Returns the words of a text with one word per line. Empty lines are none. */
export function linesOf(text: string): WordLine[] {
  return text.split('\n').flatMap((typed, n) => {
    const word = typed.trim()
    return word === '' ? [] : [{ line: n + 1, word }]
  })
}

/** Returns the lines that issues of the server name: `/words/3` is the fourth word that was sent. */
export function refusedLines(lines: readonly WordLine[], issues: readonly Issue[]): RefusedLine[] {
  return issues.flatMap(({ path, message }) => {
    const place = /^\/words\/(\d+)$/.exec(path)?.[1]
    const found = place === undefined ? undefined : lines[Number(place)]
    return found ? [{ line: found.line, message }] : []
  })
}
