import { memo, type ReactNode } from 'react'
import type { ShownComment } from '../../../client/index.ts'
import { Action } from '../parts/action.tsx'
import { Portrait } from '../parts/portrait.tsx'
import styles from './comment-entry.module.css'

interface CommentEntryProps {
  comment: ShownComment
  /** What the author is in the show, in a word; empty for a listener. */
  role: string
  /** What can be done about it. */
  more: ReactNode
  onRetry?: (clientId: string) => void
  onDiscard?: (clientId: string) => void
}

/** Who said what, and when. */
export const CommentEntry = memo(function CommentEntry({ comment, role, more, onRetry, onDiscard }: CommentEntryProps) {
  const { author, clientId, text, createdAt, state, error: refused } = comment
  return (
    <>
      <Portrait id={author.id} name={author.displayName} avatarUrl={author.avatarUrl} size='tiny' />
      <div className={styles.said}>
        <p className={styles.head}>
          <strong className={styles.name}>{author.displayName}</strong>
          {role && <span className={styles.role}>{role}</span>}
          <time className={styles.time} dateTime={new Date(createdAt).toISOString()}>
            {timeText(createdAt)}
          </time>
        </p>
        <p className={`${styles.text} ${state === 'sent' ? '' : styles.pending}`} dir='auto'>
          {text}
        </p>
        {state === 'sending' && <span className={styles.note}>Sending…</span>}
        {state === 'failed' && (
          <div className={styles.failed}>
            <span role='alert' className={styles.fault}>
              Not sent. {refused?.message}
            </span>
            <Action kind='quiet' onPress={() => onRetry?.(clientId)}>
              Try again
            </Action>
            <Action kind='quiet' onPress={() => onDiscard?.(clientId)}>
              Discard
            </Action>
          </div>
        )}
      </div>
      {state === 'sent' && more}
    </>
  )
})

/** Made once: making one takes longer than all else of an entry together. */
const clockTime = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' })

function timeText(ms: number): string {
  return clockTime.format(ms)
}
