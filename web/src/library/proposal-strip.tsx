import { useRef } from 'react'
import { ArrowLeftRight, Check, Tag } from 'lucide-react'
import type { MetadataProposal, Song } from '../../../client/index.ts'
import { SourceLink } from '../metadata/source-credit.tsx'
import { AsyncButton } from '../ui/async-button.tsx'
import { useFocusRecovery } from '../ui/use-focus-recovery.ts'
import { changedFields, describeUndo, listFields, summarizeValues } from './proposed-fields.ts'
import type { AcceptedProposal } from './use-proposals.ts'
import styles from './proposal-strip.module.css'

interface ProposalStripProps {
  song: Song
  proposal: MetadataProposal | undefined
  accepted: AcceptedProposal | undefined
  onAccept: () => Promise<void>
  onUndo: () => Promise<void>
  /** Opens the details of the song. */
  onOpen: () => void
}

/**
 * Says at a song's row what was found for it. It has the same height in all its states, so that the rows below stay in
 * place when a proposal arrives.
 */
export function ProposalStrip(props: ProposalStripProps) {
  const container = useRef<HTMLDivElement>(null)
  useFocusRecovery(container)
  return (
    <div ref={container} className={styles.strip}>
      <StripContent {...props} />
    </div>
  )
}

function StripContent({ song, proposal, accepted, onAccept, onUndo, onOpen }: ProposalStripProps) {
  const { title } = song
  const found = proposal ? changedFields(song, proposal) : []
  if (accepted) {
    const names = listFields(accepted.fields)
    const hint = describeUndo(accepted.previous, accepted.fields)
    return (
      <>
        <Check className={styles.done} size={18} aria-hidden='true' />
        <span className={styles.text}>
          <span className={styles.summary}>{accepted.fields.length > 0 ? `${names} added` : 'Nothing changed'}</span>
          {hint && <span className={styles.quiet}>{hint}</span>}
        </span>
        {accepted.fields.length > 0 && (
          <AsyncButton variant='quiet' label={`Undo: ${names} of ${title}`} onPress={onUndo}>
            Undo
          </AsyncButton>
        )}
      </>
    )
  }
  if (!proposal || found.length === 0) {
    return (
      <>
        <span className={styles.text}>
          <span className={styles.quiet}>No suggestions yet</span>
        </span>
        <AsyncButton variant='quiet' label={`Add details to ${title}`} onPress={onOpen}>
          Add details
        </AsyncButton>
      </>
    )
  }
  const names = listFields(found)
  return (
    <>
      <Tag className={styles.icon} size={18} aria-hidden='true' />
      <span className={styles.text}>
        <span className={styles.summary}>{names} found</span>
        <span className={styles.values}>{summarizeValues(proposal, found)}</span>
        <span className={styles.credit}>
          <SourceLink of={proposal} />
        </span>
      </span>
      <AsyncButton variant='quiet' label={`Compare suggestions for ${title}`} onPress={onOpen}>
        <ArrowLeftRight size={18} aria-hidden='true' />
        <span className={styles.label}>Compare</span>
      </AsyncButton>
      <AsyncButton label={`Accept for ${title}: ${names}`} onPress={onAccept}>
        Accept
      </AsyncButton>
    </>
  )
}
