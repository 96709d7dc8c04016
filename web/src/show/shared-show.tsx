import { useEffect } from 'react'
import { Headphones } from 'lucide-react'
import { Link, useLocation } from 'wouter'
import { CodedError, type Show } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { formatCount } from '../format/count.ts'
import { signInPath } from '../sign-in/return-path.ts'
import { useSignInOptions } from '../sign-in/use-sign-in-options.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { ShowPicture } from '../ui/show-picture.tsx'
import styles from './shared-show.module.css'

/** The interval in which the number of listeners is loaded again. */
const refreshMs = 10_000

interface SharedShowProps {
  show: Show
  onRefresh: () => Promise<void>
}

/** A live show as somebody without an account sees it: one press joins it as a guest, where the server takes guests. */
export function SharedShow({ show, onRefresh }: SharedShowProps) {
  const { id, title, description, creator } = show
  const [, navigate] = useLocation()
  const options = useSignInOptions()
  const takesGuests = options?.guests !== false
  const path = signInPath(`/shows/${id}`)

  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) onRefresh()
    }, refreshMs)
    return () => clearInterval(timer)
  }, [onRefresh])

  async function listen() {
    try {
      await ambient.account.signInAsGuest()
    } catch (error) {
      // The server may have stopped taking guests since.
      if (error instanceof CodedError && error.code === 'NOT_FOUND') return navigate(path)
      throw error
    }
  }

  return (
    <section className={styles.show}>
      <title>{`${title} · Ambient`}</title>
      <ShowPicture show={show} size='page' />
      <h1>{title}</h1>
      <p className={styles.host}>with {creator.displayName}</p>
      <p className={styles.status}>
        <Headphones size={18} aria-hidden='true' />
        {statusText(show)}
      </p>
      {takesGuests ? (
        <>
          <AsyncButton variant='primary' onPress={listen}>
            Listen
          </AsyncButton>
          <p className={styles.note}>
            No account needed. <Link href={path}>Sign in</Link> to comment and to ask to speak.
          </p>
        </>
      ) : (
        <AsyncButton variant='primary' onPress={() => navigate(path)}>
          Sign in to listen
        </AsyncButton>
      )}
      {description && <p className={styles.description}>{description}</p>}
    </section>
  )
}

function statusText({ status, listenerCount }: Show): string {
  if (status === 'interrupted') return 'The host dropped out. The show is waiting for them to come back.'
  return listenerCount === 0 ? 'Live now' : `Live now, ${formatCount(listenerCount)} listening`
}
