import { useEffect, useRef, useState, type KeyboardEvent, type RefObject } from 'react'
import { ArrowDown } from 'lucide-react'
import type { RoomView, ShowRoom, ShownComment } from '../../../client/index.ts'
import { roleLabel } from '../show/role-label.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { CommentEntry } from './comment-entry.tsx'
import { commentKey } from './comment-key.ts'
import { CommentMenu } from './comment-menu.tsx'
import { useScrollAnchor } from './use-scroll-anchor.ts'
import { useUnreadCount } from './use-unread-count.ts'
import styles from './comment-list.module.css'

interface CommentListProps {
  view: RoomView
  show: ShowRoom
  /** The number of comments the user has sent; each one scrolls to the end. */
  sentCount: number
  onReply: (comment: ShownComment) => void
}

/**
 * The comments of a live show, newest last. The list follows the newest until the user scrolls up. Then nothing moves,
 * and a button shows how many are new.
 */
export function CommentList({ view, show, sentCount, onReply }: CommentListProps) {
  const { list, hasEarlier, history } = view.comments
  const scroller = useRef<HTMLDivElement>(null)
  const entries = useRef<HTMLUListElement>(null)
  const { isAtEnd, onScroll, scrollToEnd } = useScrollAnchor(scroller, entries, view.comments)
  const unreadCount = useUnreadCount(view.comments, view.me.userId, isAtEnd)
  const { tabStopKey, onKeyDown, onFocus } = useSingleTabStop(scroller, list.map(commentKey))

  useEffect(() => {
    if (sentCount > 0) scrollToEnd()
  }, [sentCount, scrollToEnd])

  return (
    <div className={styles.frame}>
      <div ref={scroller} className={styles.scroller} onScroll={onScroll} tabIndex={-1}>
        <div className={styles.history}>
          {hasEarlier && (
            <AsyncButton
              variant='quiet'
              isDisabled={history === 'loading'}
              onPress={async () => await show.loadEarlierComments()}
            >
              Show earlier comments
            </AsyncButton>
          )}
          {history === 'failed' && (
            <p role='status' className={styles.error}>
              Can’t load comments. Trying again…
            </p>
          )}
          {list.length === 0 && history === 'idle' && <p className={styles.empty}>No comments yet. Say hello!</p>}
          {list.length === 0 && history === 'loading' && <p className={styles.empty}>Loading…</p>}
        </div>
        <ul
          ref={entries}
          className={styles.list}
          aria-label='Comments, newest last'
          onKeyDown={onKeyDown}
          onFocus={onFocus}
        >
          {list.map(comment => {
            const key = commentKey(comment)
            return (
              <li key={key} data-key={key} className={styles.entry}>
                <CommentEntry
                  comment={comment}
                  role={view.room ? roleLabel(view.room, comment.author.id) : ''}
                  isTabStop={key === tabStopKey}
                  menu={
                    <CommentMenu
                      comment={comment}
                      view={view}
                      show={show}
                      isTabStop={key === tabStopKey}
                      onReply={onReply}
                    />
                  }
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
      {unreadCount > 0 && (
        <div className={styles.pill}>
          <AsyncButton variant='primary' onPress={scrollToEnd}>
            <ArrowDown size={18} aria-hidden='true' />
            {unreadCount === 1 ? '1 new comment' : `${unreadCount} new comments`}
          </AsyncButton>
        </div>
      )}
    </div>
  )
}

/**
 * Makes a list of any length one comment for the Tab key; the arrow keys move between its authors or its menus. When
 * the focused comment is deleted, the list keeps the focus.
 */
function useSingleTabStop(scroller: RefObject<HTMLElement | null>, keys: readonly string[]) {
  const [focusedKey, setFocusedKey] = useState<string | null>(null)
  const hadFocus = useRef(false)
  const isInList = focusedKey !== null && keys.includes(focusedKey)

  useEffect(() => {
    if (focusedKey === null || isInList) return
    if (hadFocus.current && document.activeElement === document.body) scroller.current?.focus()
    hadFocus.current = false
    setFocusedKey(null)
  }, [focusedKey, isInList, scroller])

  function onKeyDown(event: KeyboardEvent<HTMLElement>) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key]
    if (step === undefined || !(event.target instanceof HTMLElement)) return
    const kind = event.target.closest<HTMLElement>('[data-comment-control]')?.dataset.commentControl ?? 'menu'
    const controls = [...event.currentTarget.querySelectorAll<HTMLElement>(`[data-comment-control=${kind}]`)]
    const next = controls[controls.findIndex(control => control.contains(document.activeElement)) + step]
    if (!next) return
    event.preventDefault()
    next.querySelector('button')?.focus()
  }

  function onFocus({ target }: { target: EventTarget }) {
    const key = target instanceof HTMLElement ? target.closest<HTMLElement>('[data-key]')?.dataset.key : undefined
    if (key === undefined) return
    hadFocus.current = true
    setFocusedKey(key)
  }

  return { tabStopKey: isInList ? focusedKey : keys.at(-1), onKeyDown, onFocus }
}
