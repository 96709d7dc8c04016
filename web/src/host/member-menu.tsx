import { useState } from 'react'
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components'
import { MoreHorizontal } from 'lucide-react'
import type { RoomView, ShowRoom, StageMember } from '../../../client/index.ts'
import { Confirm } from '../parts/confirm.tsx'
import styles from './member-menu.module.css'

/** What a host can do about somebody on stage. What takes a person away is asked twice. */
export function MemberMenu ({ view, show, member: { userId, displayName, muted } }: { view: RoomView, show: ShowRoom, member: StageMember }) {
  const [removing, setRemoving] = useState<'remove' | 'ban' | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  const isCohost = view.room?.cohostIds.includes(userId) ?? false
  const attempt = (doing: Promise<unknown>) => {
    setFault(null)
    doing.catch((error: unknown) => setFault(error instanceof Error ? error.message : String(error)))
  }

  return (
    <>
      <MenuTrigger>
        <Button className={styles.button ?? ''} aria-label={`More for ${displayName}`}><MoreHorizontal size={20} aria-hidden='true' /></Button>
        <Popover className={styles.popover ?? ''}>
          <Menu className={styles.menu ?? ''}>
            {!muted && <MenuItem className={styles.item ?? ''} onAction={() => attempt(show.mute(userId, true))}>Mute</MenuItem>}
            <MenuItem className={styles.item ?? ''} onAction={() => attempt(show.revoke(userId))}>Take off stage</MenuItem>
            {view.me.role === 'creator' && (
              <MenuItem className={styles.item ?? ''} onAction={() => attempt(show.setCohost(userId, !isCohost))}>{isCohost ? 'No longer co-host' : 'Make co-host'}</MenuItem>
            )}
            <MenuItem className={`${styles.item} ${styles.danger}`} onAction={() => setRemoving('remove')}>Remove from show</MenuItem>
            <MenuItem className={`${styles.item} ${styles.danger}`} onAction={() => setRemoving('ban')}>Ban from show</MenuItem>
          </Menu>
        </Popover>
      </MenuTrigger>
      {fault && <span role='alert' className={styles.fault}>{fault}</span>}
      <Confirm
        title={removing === 'ban' ? `Ban ${displayName}?` : `Remove ${displayName}?`}
        confirm={removing === 'ban' ? 'Ban' : 'Remove'}
        isOpen={removing !== null}
        onClose={() => setRemoving(null)}
        onConfirm={async () => await show.remove(userId, removing === 'ban')}
      >
        {removing === 'ban' ? 'They can’t come back to this show.' : 'They leave the show, and may come back as a listener.'}
      </Confirm>
    </>
  )
}
