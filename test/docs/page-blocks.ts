import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A block of code on a page, and the line it begins at. */
export interface Block {
  language: string
  text: string
  line: number
}

/** A page in docs/ as it stands. */
export function pageText(page: string): string {
  return readFileSync(join(import.meta.dirname, '..', '..', 'docs', page), 'utf8')
}

/** The blocks of a page in docs/, in their order. */
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

/** The TypeScript program of a page in which a word is. Throws when there is none. */
export function programOf(page: string, word: string): string {
  const block = blocksOf(page).find(({ language, text }) => language === 'ts' && text.includes(word))
  if (!block) throw new Error(`docs/${page} has no program with ${word}`)
  return block.text
}
