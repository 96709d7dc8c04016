import { useCallback, useEffect, useRef, useState } from 'react'
import { audienceOf, type HeldComment, type RoomView, type ShowRoom } from '../../../client/index.ts'
import { errorMessage } from '../errors.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { Avatar } from '../ui/avatar.tsx'
import { useFocusRecovery } from '../ui/use-focus-recovery.ts'
import styles from './held-comments.module.css'

interface HeldCommentsProps {
  view: RoomView
  show: ShowRoom
}

/** The first comments that wait: for hosts all of them, to answer; for others their own from before a reload. */
export function HeldComments({ view, show }: HeldCommentsProps) {
  const { items, error, reload } = useHeldComments(view, show)
  const container = useRef<HTMLElement>(null)
  useFocusRecovery(container)
  const { isHost } = view.me
  const listed = new Set(view.comments.list.map(({ clientId }) => clientId))
  const shown = isHost ? items : items.filter(({ clientId }) => !listed.has(clientId))
  if (shown.length === 0 && !error) return null

  async function answer(heldId: string, accept: boolean) {
    try {
      await audienceOf(show).answerHeldComment(heldId, accept)
    } finally {
      await reload()
    }
  }

  return (
    <section ref={container} className={styles.held} aria-label='Held comments'>
      <h3>{isHost ? `Held comments (${items.length})` : 'Waiting for the hosts'}</h3>
      {isHost && <p className={styles.hint}>Only hosts and the author see these.</p>}
      {error && (
        <p role='alert' className={styles.error}>
          {error} <AsyncButton onPress={reload}>Try again</AsyncButton>
        </p>
      )}
      <ul className={styles.list}>
        {shown.map(({ id, author, text }) => (
          <li key={id} className={styles.entry}>
            <Avatar id={author.id} name={author.displayName} avatarUrl={author.avatarUrl} size='tiny' />
            <div className={styles.text}>
              <strong>{author.displayName}</strong>
              <p dir='auto'>{text}</p>
            </div>
            <div className={styles.buttons}>
              {isHost ? (
                <>
                  <AsyncButton
                    variant='primary'
                    label={`Publish the comment of ${author.displayName}`}
                    onPress={async () => await answer(id, true)}
                  >
                    Publish
                  </AsyncButton>
                  <AsyncButton
                    label={`Decline the comment of ${author.displayName}`}
                    onPress={async () => await answer(id, false)}
                  >
                    Decline
                  </AsyncButton>
                </>
              ) : (
                <AsyncButton
                  onPress={async () => {
                    await show.deleteComment(id)
                    await reload()
                  }}
                >
                  Withdraw
                </AsyncButton>
              )}
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Loads the comments that wait after each join, and when their number has changed. */
function useHeldComments(view: RoomView, show: ShowRoom) {
  const [items, setItems] = useState<readonly HeldComment[]>([])
  const [error, setError] = useState<string | null>(null)
  const { connection, heldCount, me } = view
  const newest = useRef(0)
  const reload = useCallback(async () => {
    const turn = ++newest.current
    try {
      const loaded = await audienceOf(show).heldComments()
      if (turn !== newest.current) return
      setItems(loaded)
      setError(null)
    } catch (error) {
      if (turn === newest.current) setError(errorMessage(error))
    }
  }, [show])
  // The list of an author changes when hosts answer: the comment is published, or shown as declined.
  const listSize = me.isHost ? 0 : view.comments.list.length
  useEffect(() => {
    if (connection === 'live') reload()
  }, [connection, heldCount, me.isHost, listSize, reload])
  return { items, error, reload }
}
