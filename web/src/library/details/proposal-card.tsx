import type { MetadataField, MetadataProposal, SongMetadata } from '../../../../client/index.ts'
import { OutsideLink } from '../../metadata/outside-link.tsx'
import { SourceCredit } from '../../metadata/source-credit.tsx'
import { sourceNames } from '../../metadata/sources.ts'
import { AsyncButton } from '../../ui/async-button.tsx'
import { changedFields, fieldNames, valueOf } from '../proposed-fields.ts'
import styles from './details.module.css'

interface ProposalCardProps {
  metadata: SongMetadata
  proposal: MetadataProposal
  /** Takes some fields; without any, all that do not replace what the owner typed. */
  onAccept: (fields?: MetadataField[]) => Promise<void>
  onReject: () => Promise<void>
}

/** A proposal: its values beside the present ones, each with a button to take it. */
export function ProposalCard({ metadata: { song, sources }, proposal, onAccept, onReject }: ProposalCardProps) {
  const from = sourceNames[proposal.source]
  const changed = changedFields(song, proposal)
  return (
    <article className={styles.card} aria-label={`Suggestion from ${from}`}>
      <SourceCredit of={proposal} />
      <ul className={styles.changes}>
        {changed.map(field => {
          const [present, proposed] = [valueOf(song, field), valueOf(proposal, field) ?? '']
          return (
            <li key={field} className={styles.change}>
              <span className={styles.name}>{fieldNames[field]}</span>
              <span className={styles.values}>
                <ins>{field === 'link' ? <OutsideLink address={proposed}>{proposed}</OutsideLink> : proposed}</ins>
                {present !== null && (
                  <span className={styles.instead}>
                    instead of <del>{present}</del>
                    {sources[field]?.source === 'owner' && ', typed by you'}
                  </span>
                )}
              </span>
              <AsyncButton
                variant='quiet'
                label={`Use ${fieldNames[field].toLowerCase()} from ${from}: ${proposed}`}
                onPress={async () => await onAccept([field])}
              >
                Use
              </AsyncButton>
            </li>
          )
        })}
      </ul>
      <div className={styles.buttons}>
        <AsyncButton variant='quiet' label={`Not this song: ${from}`} onPress={onReject}>
          Not this song
        </AsyncButton>
        <AsyncButton variant='primary' label={`Accept all from ${from}`} onPress={async () => await onAccept()}>
          Accept all
        </AsyncButton>
      </div>
    </article>
  )
}
