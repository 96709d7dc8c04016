import { useEffect, useState } from 'react'
import { MoreHorizontal } from 'lucide-react'
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components'
import { useLocation } from 'wouter'
import type { PublicUser } from '../../../client/index.ts'
import { ambient, useUser } from '../ambient.ts'
import { Confirm } from '../parts/confirm.tsx'
import { ReportDialog } from '../parts/report-dialog.tsx'
import styles from './person-menu.module.css'

/** Whether one has blocked somebody; null while it is not known. */
function useBlocked(personId: string) {
  const user = useUser()
  const [blocked, setBlocked] = useState<boolean | null>(null)
  useEffect(() => {
    if (!user || user.guest) return
    let wanted = true
    // Asked of a list, since a profile does not tell; who blocks more than a page of people finds the rest in the settings.
    ambient.me.blocks({ limit: 100 }).then(
      ({ items }) => {
        if (wanted) setBlocked(items.some(block => block.user.id === personId))
      },
      () => {}
    )
    return () => {
      wanted = false
    }
  }, [user, personId])
  return [blocked, setBlocked] as const
}

/** What one does seldom about somebody: block, report. */
export function PersonMenu({
  person: { id, displayName },
  onChange
}: {
  person: PublicUser
  onChange: (person: PublicUser) => void
}) {
  const user = useUser()
  const [, go] = useLocation()
  const [blocked, setBlocked] = useBlocked(id)
  const [asking, setAsking] = useState<'block' | 'report' | null>(null)
  const [said, setSaid] = useState('')

  function begin(what: 'block' | 'report') {
    if (!user || user.guest) return go(`/sign-in?to=/users/${id}`)
    setAsking(what)
  }

  async function block() {
    await ambient.me.block(id)
    setBlocked(true)
    setSaid(`${displayName} is blocked.`)
    onChange(await ambient.people.get(id))
  }

  async function unblock() {
    try {
      await ambient.me.unblock(id)
      setBlocked(false)
      setSaid(`${displayName} is no longer blocked.`)
    } catch (error) {
      setSaid(error instanceof Error ? error.message : String(error))
    }
  }

  return (
    <>
      <MenuTrigger>
        <Button className={styles.button ?? ''} aria-label={`More about ${displayName}`}>
          <MoreHorizontal size={22} aria-hidden='true' />
        </Button>
        <Popover className={styles.popover ?? ''}>
          <Menu className={styles.menu ?? ''}>
            {blocked ? (
              <MenuItem className={styles.item ?? ''} onAction={unblock}>
                Unblock
              </MenuItem>
            ) : (
              <MenuItem className={styles.item ?? ''} onAction={() => begin('block')}>
                Block
              </MenuItem>
            )}
            <MenuItem className={`${styles.item} ${styles.danger}`} onAction={() => begin('report')}>
              Report
            </MenuItem>
          </Menu>
        </Popover>
      </MenuTrigger>
      <p role='status' className={styles.said}>
        {said}
      </p>
      <Confirm
        title={`Block ${displayName}?`}
        confirm='Block'
        isOpen={asking === 'block'}
        onClose={() => setAsking(null)}
        onConfirm={block}
      >
        They can’t join any show of yours, and no longer follow you. They are not told.
      </Confirm>
      <ReportDialog
        kind='user'
        subjectId={id}
        name={displayName}
        isOpen={asking === 'report'}
        onClose={() => setAsking(null)}
      />
    </>
  )
}
