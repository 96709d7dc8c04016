import { lazy, useEffect, useRef, useState } from 'react'
import { X } from 'lucide-react'
import type { RoomView, ShowRoom, ShownComment } from '../../../client/index.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { LazyBoundary } from '../ui/lazy-boundary.tsx'
import { useRestoreFocus } from '../ui/use-restore-focus.ts'
import { Audience } from '../voting/audience.tsx'
import { CommentComposer } from './comment-composer.tsx'
import { CommentList } from './comment-list.tsx'
import styles from './comment-panel.module.css'

// Loaded where first comments wait for the hosts.
const HeldComments = lazy(async () => ({ default: (await import('./held-comments.tsx')).HeldComments }))

interface CommentPanelProps {
  view: RoomView
  show: ShowRoom
  /** Closes the panel, where it is a sheet over the show. */
  onClose?: () => void
}

/** The comments of a live show and the field to write one. */
export function CommentPanel({ view, show, onClose }: CommentPanelProps) {
  const [sentCount, setSentCount] = useState(0)
  const [replyTo, setReplyTo] = useState<ShownComment | null>(null)
  const container = useRef<HTMLElement>(null)
  const isSheet = onClose !== undefined
  useRestoreFocus(container)
  // Focuses the panel and not the field: on a phone the keyboard would cover the comments.
  useEffect(() => {
    if (isSheet) container.current?.focus()
  }, [isSheet])
  return (
    <section
      ref={container}
      id='comments'
      className={`${styles.panel} ${isSheet ? styles.sheet : ''}`}
      aria-label='Comments'
      tabIndex={-1}
    >
      <div className={styles.header}>
        <h2>Comments</h2>
        {onClose && (
          <AsyncButton variant='quiet' label='Close comments' onPress={onClose}>
            <X size={20} aria-hidden='true' />
          </AsyncButton>
        )}
      </div>
      <Audience view={view} room={show} hasPin isInComments />
      {(view.room?.settings.firstComments === 'held' || Boolean(view.heldCount)) && (
        <LazyBoundary>
          <HeldComments view={view} show={show} />
        </LazyBoundary>
      )}
      <CommentList view={view} show={show} sentCount={sentCount} onReply={setReplyTo} />
      <CommentComposer
        view={view}
        show={show}
        replyTo={replyTo}
        onReply={setReplyTo}
        onSent={() => setSentCount(sentCount + 1)}
      />
    </section>
  )
}
