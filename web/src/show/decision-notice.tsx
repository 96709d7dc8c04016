import { useEffect, useState } from 'react'
import { X } from 'lucide-react'
import type { Decision } from '../../../client/index.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import styles from './decision-notice.module.css'

const shownMs = 12_000

/** Tells the user what a host has decided about them, until they close it or some time has passed. */
export function DecisionNotice({ decision }: { decision: Decision }) {
  const [shown, setShown] = useState<Decision | null>(null)
  // The live region is in the page before its text, so that screen readers announce the first decision too.
  useEffect(() => {
    const leftMs = decision.at + shownMs - Date.now()
    if (leftMs <= 0) return
    setShown(decision)
    const timer = setTimeout(() => setShown(null), leftMs)
    return () => clearTimeout(timer)
  }, [decision])

  return (
    <div className={`${styles.notice} ${shown ? '' : styles.empty}`}>
      <p role='status'>{shown && decisionText(shown)}</p>
      {shown && (
        <AsyncButton variant='quiet' label='Close message' onPress={() => setShown(null)}>
          <X size={20} aria-hidden='true' />
        </AsyncButton>
      )}
    </div>
  )
}

function decisionText({ kind, byName }: Decision): string {
  const host = byName ?? 'A host'
  switch (kind) {
    case 'muted':
      return `${host} muted you. You can unmute yourself.`
    case 'commentsMuted':
      return `${host} muted your comments in this show.`
    case 'commentsUnmuted':
      return `${host} unmuted your comments.`
    case 'cohost':
      return `${host} made you a co-host.`
    case 'notCohost':
      return 'You’re no longer a co-host.'
    case 'rejected':
      return `Not this time: ${host} declined your request to speak. You can ask again.`
    case 'withdrawn':
      return `${host} withdrew your invitation to speak.`
    case 'revoked':
      return `${host} moved you to the audience.`
  }
}
