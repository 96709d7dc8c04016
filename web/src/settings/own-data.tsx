import { useState } from 'react'
import { useLocation } from 'wouter'
import type { User } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { Action } from '../parts/action.tsx'
import { Dialog, DialogButtons } from '../parts/dialog.tsx'
import { Field } from '../parts/field.tsx'
import styles from './settings.module.css'

/** Taking along what is held about one, and making it go away. */
export function OwnData({ user }: { user: User }) {
  const [asking, setAsking] = useState(false)
  return (
    <>
      <p className={styles.soft}>Everything that is held about you here, in one file.</p>
      <div className={styles.line}>
        <Action onPress={download}>Download my data</Action>
        <Action kind='danger' onPress={() => setAsking(true)}>
          Delete my account
        </Action>
      </div>
      <DeleteAccount user={user} isOpen={asking} onClose={() => setAsking(false)} />
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

/** Asks for the name, so that nobody does it in passing. */
function DeleteAccount({ user, isOpen, onClose }: { user: User; isOpen: boolean; onClose: () => void }) {
  const [typed, setTyped] = useState('')
  const [, go] = useLocation()
  const same = typed.trim().normalize('NFC') === user.displayName

  async function erase() {
    await ambient.me.erase()
    go('/')
  }

  function close() {
    setTyped('')
    onClose()
  }

  return (
    <Dialog title='Delete your account?' isOpen={isOpen} onClose={close}>
      <p>
        Your page, your shows, your comments and everything else of yours are gone at once, and nobody can bring them
        back. A show that is live now ends.
      </p>
      <Field label={`Type “${user.displayName}” to go on`} value={typed} onChange={setTyped} autoFocus />
      <DialogButtons>
        <Action onPress={close}>Keep my account</Action>
        <Action kind='danger' isDisabled={!same} onPress={erase}>
          Delete for good
        </Action>
      </DialogButtons>
    </Dialog>
  )
}
