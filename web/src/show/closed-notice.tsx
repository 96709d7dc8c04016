import { Link } from 'wouter'
import type { CloseReason } from '../../../client/index.ts'
import { useFocusedMain } from '../layout/use-focused-main.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { Notice } from '../ui/notice.tsx'
import { closedTexts } from './closed-texts.ts'

/** Explains why the user is no longer in the show. One that moved to another tab or device can be taken back. */
export function ClosedNotice({ closed, onTakeBack }: { closed: CloseReason; onTakeBack: () => void }) {
  useFocusedMain()
  const [title, text] = closedTexts(closed)
  return (
    <Notice title={title}>
      <p>{text}</p>
      {closed.reason === 'replaced' && (
        <AsyncButton variant='primary' onPress={onTakeBack}>
          Take it back
        </AsyncButton>
      )}
      <Link href='/'>See what’s live</Link>
    </Notice>
  )
}
