import { useState } from 'react'
import type { SignInSession } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { Action } from '../parts/action.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { Listing } from '../parts/listing.tsx'
import { usePages, type PageAsked } from '../parts/use-pages.ts'
import { whenText } from '../parts/when.ts'
import { deviceName } from './device-name.ts'
import styles from './settings.module.css'

const listSessions = async (page: PageAsked) => await ambient.me.sessions(page)

/** Where one is signed in, and ending that. */
export function Sessions() {
  const pages = usePages(listSessions)
  const [asking, setAsking] = useState(false)

  async function end({ id }: SignInSession) {
    await ambient.me.endSession(id)
    await pages.refresh()
  }

  return (
    <>
      <Listing pages={pages} empty={<p>Nowhere.</p>}>
        {session => (
          <li className={styles.session}>
            <div className={styles.sessionText}>
              <strong>{deviceName(session.device)}</strong>
              <span className={styles.soft}>
                {session.current ? 'This one' : `Last used ${whenText(session.lastUsedAt)}`} · since{' '}
                {whenText(session.createdAt)}
              </span>
            </div>
            {!session.current && (
              <Action label={`Sign out of ${deviceName(session.device)}`} onPress={async () => await end(session)}>
                Sign out
              </Action>
            )}
          </li>
        )}
      </Listing>
      <div className={styles.line}>
        <Action onPress={async () => await ambient.account.signOut()}>Sign out here</Action>
        <Action onPress={() => setAsking(true)}>Sign out everywhere</Action>
      </div>
      <Confirm
        title='Sign out everywhere?'
        confirm='Sign out everywhere'
        isOpen={asking}
        onClose={() => setAsking(false)}
        onConfirm={async () => await ambient.account.signOut(true)}
      >
        Every phone and browser has to sign in again, this one too.
      </Confirm>
    </>
  )
}
