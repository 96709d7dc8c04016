import { useState } from 'react'
import { useLocation } from 'wouter'
import type { User } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { Dialog, DialogButtons } from '../ui/dialog.tsx'
import { TextField } from '../ui/text-field.tsx'
import styles from './settings.module.css'

/** Downloads the user's data, and deletes the account. */
export function PersonalData({ user }: { user: User }) {
  const [isDeleting, setIsDeleting] = useState(false)
  return (
    <>
      <p className={styles.muted}>Download everything we hold about you, in one file.</p>
      <div className={styles.row}>
        <AsyncButton onPress={download}>Download my data</AsyncButton>
        <AsyncButton variant='danger' onPress={() => setIsDeleting(true)}>
          Delete my account
        </AsyncButton>
      </div>
      <DeleteAccount user={user} isOpen={isDeleting} onClose={() => setIsDeleting(false)} />
    </>
  )
}

async function download(): Promise<void> {
  const file = new Blob([JSON.stringify(await ambient.me.export(), null, 2)], { type: 'application/json' })
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = 'ambient.json'
  link.click()
  URL.revokeObjectURL(link.href)
}

/** Deletes the account after the user has typed their name, so that it never happens by accident. */
function DeleteAccount({ user, isOpen, onClose }: { user: User; isOpen: boolean; onClose: () => void }) {
  const [typed, setTyped] = useState('')
  const [, navigate] = useLocation()
  const isConfirmed = typed.trim().normalize('NFC') === user.displayName

  async function erase() {
    await ambient.me.erase()
    navigate('/')
  }

  function close() {
    setTyped('')
    onClose()
  }

  return (
    <Dialog title='Delete your account?' isOpen={isOpen} onClose={close}>
      <p>
        Your profile, shows, comments and everything else of yours will be deleted immediately and can’t be restored. If
        you have a live show, it will end.
      </p>
      <TextField label={`Type “${user.displayName}” to confirm`} value={typed} onChange={setTyped} autoFocus />
      <DialogButtons>
        <AsyncButton onPress={close}>Keep my account</AsyncButton>
        <AsyncButton variant='danger' isDisabled={!isConfirmed} onPress={erase}>
          Delete for good
        </AsyncButton>
      </DialogButtons>
    </Dialog>
  )
}
