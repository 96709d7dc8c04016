import type { KeyboardEvent } from 'react'
import type { Mention } from '../../../client/index.ts'

/** The people whom the text in the composer may name, and who takes its keys while names are suggested. */
export interface MentionDraft {
  chosen: readonly Mention[]
  /** Returns whether the key was for the suggestions. */
  onKey: ((event: KeyboardEvent) => boolean) | null
}

/** Returns the chosen people whose names are in the text. */
export function mentionsOf(text: string, { chosen }: MentionDraft): Mention[] {
  return chosen.filter(({ name }) => text.includes(`@${name}`))
}
