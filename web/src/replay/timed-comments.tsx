import { useEffect, useRef, useState } from 'react'
import type { Replay } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { formatDuration } from '../format/duration.ts'
import { Avatar } from '../ui/avatar.tsx'
import { requestFor, withAnswer, type CommentWindow } from './comment-window.ts'
import { PlaceButton } from './place-button.tsx'
import type { ReplayPlayer } from './replay-player.ts'
import { usePosition } from './use-player.ts'
import styles from './timed-comments.module.css'

const pageSize = 100
/** Maximum number of comments in the list. */
const maxShown = 60
/** Nearer to its end, the list follows new comments. */
const stickPx = 40

/** The comments of a show, each from its place in the replay on, the latest at the end. */
export function TimedComments({ player, replay: { showId } }: { player: ReplayPlayer; replay: Replay }) {
  const positionMs = usePosition(player, 500)
  const comments = useCommentWindow(showId, positionMs)
  const shown = (comments?.comments ?? []).filter(({ atMs }) => atMs <= positionMs).slice(-maxShown)

  const list = useRef<HTMLUListElement>(null)
  const isAtEnd = useRef(true)
  useEffect(() => {
    if (isAtEnd.current) list.current?.scrollTo({ top: list.current.scrollHeight })
  }, [shown.length, positionMs])

  if (shown.length === 0) {
    return <p className={styles.empty}>Comments appear here when the replay reaches them.</p>
  }
  return (
    <ul
      ref={list}
      className={styles.list}
      aria-label='Comments up to this place'
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        isAtEnd.current = scrollHeight - scrollTop - clientHeight < stickPx
      }}
    >
      {shown.map(({ atMs, comment: { id, author, text } }) => (
        <li key={id}>
          <PlaceButton player={player} atMs={atMs}>
            <Avatar id={author.id} name={author.displayName} avatarUrl={author.avatarUrl} size='tiny' />
            <span className={styles.body}>
              <span className={styles.header}>
                <strong>{author.displayName}</strong> <span className={styles.time}>{formatDuration(atMs)}</span>
              </span>
              <span dir='auto'>{text}</span>
            </span>
          </PlaceButton>
        </li>
      ))}
    </ul>
  )
}

/** Loads the comments around a place, and the next ones in time. */
function useCommentWindow(showId: string, positionMs: number): CommentWindow | null {
  const [window, setWindow] = useState<CommentWindow | null>(null)
  const [hasFailed, setHasFailed] = useState(false)
  const isLoading = useRef(false)
  // A failed request is repeated at the next place, not at once.
  useEffect(() => setHasFailed(false), [positionMs])
  useEffect(() => {
    const request = hasFailed ? null : requestFor(window, positionMs)
    if (!request || isLoading.current) return
    isLoading.current = true
    ambient.replays
      .comments(showId, { ...request, limit: pageSize })
      .then(
        page => setWindow(current => withAnswer(current, request, page)),
        () => setHasFailed(true)
      )
      .finally(() => {
        isLoading.current = false
      })
  }, [showId, window, positionMs, hasFailed])
  return window
}
