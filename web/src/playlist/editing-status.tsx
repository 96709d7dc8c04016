import type { EditingHost, PlaylistItem } from '../../../client/index.ts'
import { Avatar } from '../ui/avatar.tsx'
import { badgeText, editingText } from './editing-texts.ts'
import styles from './editing-status.module.css'

/** The host who edits an item of the playlist now. Screen readers hear of it from `EditingStatus`. */
export function EditorBadge({ host }: { host: EditingHost }) {
  const { id, displayName, avatarUrl } = host.person
  return (
    <span className={styles.badge} aria-hidden='true'>
      <Avatar id={id} name={displayName} avatarUrl={avatarUrl} size='mini' />
      <span className={styles.name}>{badgeText(host)}</span>
    </span>
  )
}

interface EditingStatusProps {
  editors: readonly EditingHost[]
  items: readonly PlaylistItem[]
  isListShown: boolean
}

/** Tells screen readers what the other hosts edit, and shows those whose item is not in a list that is shown. */
export function EditingStatus({ editors, items, isListShown }: EditingStatusProps) {
  const isListed = ({ itemId }: EditingHost) => isListShown && items.some(({ id }) => id === itemId)
  return (
    <>
      <p role='status' className='visually-hidden'>
        {editors.map(host => editingText(host, items)).join(' ')}
      </p>
      {editors
        .filter(host => !isListed(host))
        .map(({ person, ...edit }) => (
          <p key={person.id} className={`${styles.badge} ${styles.notInList}`} aria-hidden='true'>
            <Avatar id={person.id} name={person.displayName} avatarUrl={person.avatarUrl} size='mini' />
            <span className={styles.name}>{editingText({ person, ...edit }, items)}</span>
          </p>
        ))}
    </>
  )
}
