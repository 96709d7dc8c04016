import { memo, type ReactNode } from 'react'
import type { ShownComment } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { refusalMessage } from '../errors.ts'
import { PersonButton } from '../people/person-cards.tsx'
import { AsyncButton } from '../ui/async-button.tsx'
import { Avatar } from '../ui/avatar.tsx'
import { CommentText } from './comment-text.tsx'
import styles from './comment-entry.module.css'

interface CommentEntryProps {
  comment: ShownComment
  /** The author's role in the show; empty for a listener. */
  role: string
  menu: ReactNode
  /** Whether the Tab key stops at the author. */
  isTabStop?: boolean
  onRetry?: (clientId: string) => void
  onDiscard?: (clientId: string) => void
}

/** A comment with its author and time, and its state while it is not sent. */
export const CommentEntry = memo(function CommentEntry(props: CommentEntryProps) {
  const { comment, role, menu, isTabStop = true, onRetry, onDiscard } = props
  const { author, clientId, text, replyTo, mentions, createdAt, state, error } = comment
  const isMentioned = mentions?.some(({ userId }) => userId === ambient.account.user?.id)
  return (
    <>
      <Avatar id={author.id} name={author.displayName} avatarUrl={author.avatarUrl} size='tiny' />
      <div className={styles.body}>
        <p className={styles.header}>
          <span data-comment-control='author'>
            <PersonButton
              person={author}
              className={styles.author}
              label={`About ${author.displayName}`}
              isTabStop={isTabStop}
            >
              <strong className={styles.name}>{author.displayName}</strong>
            </PersonButton>
          </span>
          {role && <span className={styles.role}>{role}</span>}
          <time className={styles.time} dateTime={new Date(createdAt).toISOString()}>
            {timeFormat.format(createdAt)}
          </time>
        </p>
        {replyTo && (
          <p className={styles.quote} dir='auto'>
            <span className='visually-hidden'>Reply to </span>
            {replyTo.author ? <strong>{replyTo.author.displayName}</strong> : 'a deleted comment'} {replyTo.excerpt}
          </p>
        )}
        <p
          className={`${styles.text} ${isMentioned ? styles.mentioned : ''} ${state === 'sent' ? '' : styles.pending}`}
          dir='auto'
        >
          <CommentText text={text} mentions={mentions} />
        </p>
        {state === 'sending' && <span className={styles.status}>Sending…</span>}
        {state === 'held' && <span className={styles.status}>Waiting for the hosts</span>}
        {state === 'failed' && (
          <div className={styles.failed}>
            <span role='alert' className={styles.error}>
              Not sent. {error && refusalMessage(error)}
            </span>
            <AsyncButton variant='quiet' onPress={() => onRetry?.(clientId)}>
              Try again
            </AsyncButton>
            <AsyncButton variant='quiet' onPress={() => onDiscard?.(clientId)}>
              Discard
            </AsyncButton>
          </div>
        )}
      </div>
      {state === 'sent' && menu}
    </>
  )
})

/** Created once: creating it takes longer than rendering a comment. */
const timeFormat = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' })
