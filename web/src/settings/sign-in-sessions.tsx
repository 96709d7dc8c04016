import type { SignInSession } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { ConfirmButton } from '../ui/confirm-button.tsx'
import { PagedList } from '../ui/paged-list.tsx'
import { usePagedList, type PageRequest } from '../ui/use-paged-list.ts'
import { formatDateTimeInText } from '../format/date-time.ts'
import { deviceName } from './device-name.ts'
import styles from './settings.module.css'

const listSessions = async (page: PageRequest) => await ambient.me.sessions(page)

/** The devices where the user is signed in, with buttons to sign out of each or all. */
export function SignInSessions() {
  const pages = usePagedList(listSessions)

  async function end({ id }: SignInSession) {
    await ambient.me.endSession(id)
    await pages.refresh()
  }

  return (
    <>
      <PagedList pages={pages} empty={<p>You’re not signed in anywhere.</p>}>
        {session => (
          <li className={styles.session}>
            <div className={styles.sessionText}>
              <strong>{deviceName(session.device)}</strong>
              <span className={styles.muted}>
                {session.current ? 'This device' : `Last used ${formatDateTimeInText(session.lastUsedAt)}`} · since{' '}
                {formatDateTimeInText(session.createdAt)}
              </span>
            </div>
            {!session.current && (
              <AsyncButton label={`Sign out of ${deviceName(session.device)}`} onPress={async () => await end(session)}>
                Sign out
              </AsyncButton>
            )}
          </li>
        )}
      </PagedList>
      <div className={styles.row}>
        <AsyncButton onPress={async () => await ambient.account.signOut()}>Sign out here</AsyncButton>
        <ConfirmButton
          text='Sign out everywhere'
          title='Sign out everywhere?'
          onConfirm={async () => await ambient.account.signOut(true)}
        >
          You’ll have to sign in again on every device, including this one.
        </ConfirmButton>
      </div>
    </>
  )
}
