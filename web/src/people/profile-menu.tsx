import { useEffect, useState } from 'react'
import { MoreHorizontal } from 'lucide-react'
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components'
import { useLocation } from 'wouter'
import type { PublicUser } from '../../../client/index.ts'
import { ambient, useUser } from '../ambient.ts'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { ReportDialog } from '../menu/report-dialog.tsx'
import { errorMessage } from '../errors.ts'
import styles from './profile-menu.module.css'

/** Returns whether the user has blocked a person; null until it is known. */
function useBlocked(personId: string) {
  const user = useUser()
  const [blocked, setBlocked] = useState<boolean | null>(null)
  useEffect(() => {
    if (!user || user.guest) return
    let isCurrent = true
    // A profile does not say it, so the first page of blocks is searched. Someone with more blocks finds the rest in
    // the settings.
    ambient.me.blocks({ limit: 100 }).then(
      ({ items }) => {
        if (isCurrent) setBlocked(items.some(block => block.user.id === personId))
      },
      () => {}
    )
    return () => {
      isCurrent = false
    }
  }, [user, personId])
  return [blocked, setBlocked] as const
}

/** The menu of a profile: block and report. */
export function ProfileMenu({
  person: { id, displayName },
  onChange
}: {
  person: PublicUser
  onChange: (person: PublicUser) => void
}) {
  const user = useUser()
  const [, navigate] = useLocation()
  const [blocked, setBlocked] = useBlocked(id)
  const [openDialog, setOpenDialog] = useState<'block' | 'report' | null>(null)
  const [status, setStatus] = useState('')

  function open(dialog: 'block' | 'report') {
    if (!user || user.guest) return navigate(`/sign-in?to=/users/${id}`)
    setOpenDialog(dialog)
  }

  async function block() {
    await ambient.me.block(id)
    setBlocked(true)
    setStatus(`You blocked ${displayName}.`)
    onChange(await ambient.people.get(id))
  }

  async function unblock() {
    try {
      await ambient.me.unblock(id)
      setBlocked(false)
      setStatus(`You unblocked ${displayName}.`)
    } catch (error) {
      setStatus(errorMessage(error))
    }
  }

  return (
    <>
      <MenuTrigger>
        <Button className={styles.button ?? ''} aria-label={`More options for ${displayName}`}>
          <MoreHorizontal size={22} aria-hidden='true' />
        </Button>
        <Popover className={styles.popover ?? ''}>
          <Menu className={styles.menu ?? ''}>
            {blocked ? (
              <MenuItem className={styles.item ?? ''} onAction={unblock}>
                Unblock
              </MenuItem>
            ) : (
              <MenuItem className={styles.item ?? ''} onAction={() => open('block')}>
                Block
              </MenuItem>
            )}
            <MenuItem className={`${styles.item} ${styles.destructive}`} onAction={() => open('report')}>
              Report
            </MenuItem>
          </Menu>
        </Popover>
      </MenuTrigger>
      <p role='status' className={styles.status}>
        {status}
      </p>
      <ConfirmDialog
        title={`Block ${displayName}?`}
        confirmLabel='Block'
        isOpen={openDialog === 'block'}
        onClose={() => setOpenDialog(null)}
        onConfirm={block}
      >
        They won’t be able to join your shows, and they’ll stop following you. We won’t tell them.
      </ConfirmDialog>
      <ReportDialog
        kind='user'
        subjectId={id}
        name={displayName}
        isOpen={openDialog === 'report'}
        onClose={() => setOpenDialog(null)}
      />
    </>
  )
}
