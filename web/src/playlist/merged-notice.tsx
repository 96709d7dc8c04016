import type { MergedChanges, PlaylistEditor } from '../../../client/index.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { mergedText } from './editing-texts.ts'
import styles from './editing-status.module.css'

interface MergedNoticeProps {
  merged: MergedChanges | null
  editor: PlaylistEditor
}

/**
 * Says that others changed the playlist at the same time, and offers to add again what they removed. The live region is
 * always there, because screen readers miss the text of a new one.
 */
export function MergedNotice({ merged, editor }: MergedNoticeProps) {
  return (
    <div className={merged ? styles.merged : ''}>
      <p role='status'>{merged && mergedText(merged)}</p>
      {merged && merged.lostItems.length > 0 && <AsyncButton onPress={() => editor.addAgain()}>Add again</AsyncButton>}
      {merged && (
        <AsyncButton variant='quiet' onPress={() => editor.dismissMerged()}>
          Dismiss
        </AsyncButton>
      )}
    </div>
  )
}
