import type { ReportDraft } from '../../../client/index.ts'

/** An entry of a menu: an action on a person, a comment, a song or a playlist item. */
export interface MenuAction {
  label: string
  isDestructive?: boolean
  /** Shown, and cannot be chosen now. */
  isDisabled?: boolean
  /** The question to answer before the action runs. */
  confirmation?: { title: string; text: string; confirmLabel: string }
  run?: () => Promise<unknown>
  /** Opens the report form for this subject instead of running anything. */
  report?: Pick<ReportDraft, 'kind' | 'subjectId'>
}
