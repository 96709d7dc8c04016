import type { ReportDraft } from '../../../client/index.ts'

/** Something that can be done about a person or what they said. */
export interface Act {
  words: string
  isDanger?: boolean
  /** Asked before it is done. */
  ask?: { title: string; text: string; confirm: string }
  act?: () => Promise<unknown>
  /** Tells the operators instead. */
  report?: Pick<ReportDraft, 'kind' | 'subjectId'>
}
