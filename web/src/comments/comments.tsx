import { useEffect, useRef, useState } from 'react'
import { X } from 'lucide-react'
import type { RoomView, ShowRoom } from '../../../client/index.ts'
import { Action } from '../parts/action.tsx'
import { useFocusBack } from '../stage/use-focus-back.ts'
import { CommentList } from './comment-list.tsx'
import { Composer } from './composer.tsx'
import styles from './comments.module.css'

interface CommentsProps {
  view: RoomView
  show: ShowRoom
  /** How to put it away, where it lies over the show. */
  onClose?: () => void
}

/** What is said beside the show, and where to say something. */
export function Comments({ view, show, onClose }: CommentsProps) {
  const [sent, setSent] = useState(0)
  const place = useRef<HTMLElement>(null)
  const isOver = onClose !== undefined
  useFocusBack(place)
  // Not the field: on a phone that would bring up the keyboard, over what is to be read.
  useEffect(() => {
    if (isOver) place.current?.focus()
  }, [isOver])
  return (
    <section
      ref={place}
      id='comments'
      className={`${styles.comments} ${onClose ? styles.sheet : ''}`}
      aria-label='Comments'
      tabIndex={-1}
      onKeyDown={event => {
        if (event.key === 'Escape') onClose?.()
      }}
    >
      <div className={styles.head}>
        <h2>Comments</h2>
        {onClose && (
          <Action kind='quiet' label='Close the comments' onPress={onClose}>
            <X size={20} aria-hidden='true' />
          </Action>
        )}
      </div>
      <CommentList view={view} show={show} sent={sent} />
      <Composer view={view} show={show} onSent={() => setSent(sent + 1)} />
    </section>
  )
}
