import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A block of code on a page, and the number of its first line. */
export interface Block {
  language: string
  text: string
  line: number
}

/** Returns the text of a page. `page` is a path relative to the project, such as `docs/app-developers.md`. */
export function pageText(page: string): string {
  return readFileSync(join(import.meta.dirname, '..', '..', page), 'utf8')
}

/** Returns the code blocks of a page in their order. */
export function blocksOf(page: string): Block[] {
  const blocks: Block[] = []
  let open: { language: string; lines: string[]; line: number } | null = null
  for (const [index, text] of pageText(page).split('\n').entries()) {
    const fence = /^```(\w*)/.exec(text)
    if (fence && open) {
      blocks.push({ language: open.language, text: open.lines.join('\n'), line: open.line })
      open = null
    } else if (fence) {
      open = { language: fence[1] ?? '', lines: [], line: index + 2 }
    } else {
      open?.lines.push(text)
    }
  }
  return blocks
}

/** Returns the TypeScript programs of a page. */
export function programsOf(page: string): string[] {
  return blocksOf(page).flatMap(({ language, text }) => (language === 'ts' ? [text] : []))
}

/** Returns the TypeScript program of a page that contains a word. Throws when there is none. */
export function programOf(page: string, word: string): string {
  const program = programsOf(page).find(text => text.includes(word))
  if (program === undefined) throw new Error(`${page} has no program with ${word}`)
  return program
}
