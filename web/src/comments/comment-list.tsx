import { useEffect, useRef, useState, type KeyboardEvent, type RefObject } from 'react'
import { ArrowDown } from 'lucide-react'
import type { RoomView, ShowRoom } from '../../../client/index.ts'
import { Action } from '../parts/action.tsx'
import { roleText } from '../stage/role-text.ts'
import { CommentEntry } from './comment-entry.tsx'
import { keyOf } from './comment-key.ts'
import { CommentMore } from './comment-more.tsx'
import { useReadingPlace } from './use-reading-place.ts'
import { useUnread } from './use-unread.ts'
import styles from './comment-list.module.css'

interface CommentListProps {
  view: RoomView
  show: ShowRoom
  /** Counts one's own comments: each brings the newest into sight. */
  sent: number
}

/** What is said, newest at the end. It follows the newest until one scrolls up; then nothing moves, and a word says what came. */
export function CommentList({ view, show, sent }: CommentListProps) {
  const { list, hasEarlier, history } = view.comments
  const scroller = useRef<HTMLDivElement>(null)
  const entries = useRef<HTMLUListElement>(null)
  const { atEnd, onScroll, goToEnd } = useReadingPlace(scroller, entries, view.comments)
  const unread = useUnread(view.comments, view.me.userId, atEnd)
  const { tabbable, onKeyDown, onFocus } = useOneTabStop(scroller, list.map(keyOf))

  useEffect(() => {
    if (sent > 0) goToEnd()
  }, [sent, goToEnd])

  return (
    <div className={styles.frame}>
      <div ref={scroller} className={styles.scroller} onScroll={onScroll} tabIndex={-1}>
        <div className={styles.before}>
          {hasEarlier && (
            <Action
              kind='quiet'
              isDisabled={history === 'loading'}
              onPress={async () => await show.loadEarlierComments()}
            >
              Earlier comments
            </Action>
          )}
          {history === 'failed' && (
            <p role='status' className={styles.fault}>
              The comments can’t be loaded. Trying again…
            </p>
          )}
          {list.length === 0 && history === 'idle' && (
            <p className={styles.empty}>Nobody has said anything yet. Say hello.</p>
          )}
          {list.length === 0 && history === 'loading' && <p className={styles.empty}>Loading…</p>}
        </div>
        <ul
          ref={entries}
          className={styles.list}
          aria-label='Comments, the newest last'
          onKeyDown={onKeyDown}
          onFocus={onFocus}
        >
          {list.map(comment => {
            const key = keyOf(comment)
            return (
              <li key={key} data-key={key} className={styles.entry}>
                <CommentEntry
                  comment={comment}
                  role={view.room ? roleText(view.room, comment.author.id) : ''}
                  more={<CommentMore comment={comment} view={view} show={show} isTabStop={key === tabbable} />}
                  onRetry={clientId => {
                    show.retryComment(clientId).catch(() => {})
                  }}
                  onDiscard={clientId => show.discardComment(clientId)}
                />
              </li>
            )
          })}
        </ul>
      </div>
      {unread > 0 && (
        <div className={styles.pill}>
          <Action kind='main' onPress={goToEnd}>
            <ArrowDown size={18} aria-hidden='true' />
            {unread === 1 ? '1 new comment' : `${unread} new comments`}
          </Action>
        </div>
      )}
    </div>
  )
}

/** A thousand comments are one stop of the Tab key; the arrows go from one to the next. Focus stays here when its comment goes. */
function useOneTabStop(scroller: RefObject<HTMLElement | null>, keys: readonly string[]) {
  const [chosen, setChosen] = useState<string | null>(null)
  const hadFocus = useRef(false)
  const isThere = chosen !== null && keys.includes(chosen)

  useEffect(() => {
    if (chosen === null || isThere) return
    if (hadFocus.current && document.activeElement === document.body) scroller.current?.focus()
    hadFocus.current = false
    setChosen(null)
  }, [chosen, isThere, scroller])

  function onKeyDown(event: KeyboardEvent<HTMLElement>) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key]
    if (step === undefined || !(event.target instanceof HTMLElement)) return
    const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-more]')]
    const next = buttons[buttons.findIndex(button => button.contains(document.activeElement)) + step]
    if (!next) return
    event.preventDefault()
    next.querySelector('button')?.focus()
  }

  function onFocus({ target }: { target: EventTarget }) {
    const key = target instanceof HTMLElement ? target.closest<HTMLElement>('[data-key]')?.dataset.key : undefined
    if (key === undefined) return
    hadFocus.current = true
    setChosen(key)
  }

  return { tabbable: isThere ? chosen : keys.at(-1), onKeyDown, onFocus }
}
