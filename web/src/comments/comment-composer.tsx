import { lazy, useEffect, useId, useRef, useState, type FormEvent, type KeyboardEvent } from 'react'
import { SendHorizontal, X } from 'lucide-react'
import { Link } from 'wouter'
import { slowModeMsOf } from '../../../contract/room.ts'
import {
  nextCommentAtMs,
  type CodedError,
  type RoomView,
  type ShowRoom,
  type ShownComment
} from '../../../client/index.ts'
import { useUser } from '../ambient.ts'
import { toCodedError } from '../errors.ts'
import { formatCharactersLeft, textLength } from '../format/text-length.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { isComposing } from '../ui/is-composing.ts'
import { LazyBoundary } from '../ui/lazy-boundary.tsx'
import { mentionsOf, type MentionDraft } from './mention-draft.ts'
import styles from './comment-composer.module.css'

// Loaded when somebody types an @.
const MentionSuggestions = lazy(async () => ({
  default: (await import('./mention-suggestions.tsx')).MentionSuggestions
}))

/** Maximum length of a comment in characters, as in contract/text.ts. */
const maxLength = 500
/** The number of remaining characters from which on it is shown. */
const showLeftFrom = 60

interface CommentComposerProps {
  view: RoomView
  show: ShowRoom
  /** The comment that the next one replies to. */
  replyTo: ShownComment | null
  onReply: (comment: ShownComment | null) => void
  onSent: () => void
}

/** The field to write a comment, or the reason why the user cannot comment now. */
export function CommentComposer(props: CommentComposerProps) {
  const { view, show } = props
  const user = useUser()
  const isClosed = view.room?.settings.comments === 'closed' && !view.me.isHost
  if (user?.guest) {
    return (
      <p className={styles.notice}>
        Guests can listen and react. <Link href={`/sign-in?to=/shows/${show.showId}`}>Sign in</Link> to comment.
      </p>
    )
  }
  if (isClosed) return <p className={styles.notice}>The host has closed the comments.</p>
  if (view.room?.commentMutedIds.includes(view.me.userId)) {
    return <p className={styles.notice}>A host has muted your comments in this show.</p>
  }
  return <CommentForm {...props} />
}

function CommentForm({ view, show, replyTo, onReply, onSent }: CommentComposerProps) {
  const [text, setText] = useState('')
  const [refusal, setRefusal] = useState('')
  const field = useRef<HTMLTextAreaElement>(null)
  const mentions = useRef<MentionDraft>({ chosen: [], onKey: null })
  const hintId = useId()
  const slowModeMs = view.room ? slowModeMsOf(view.room, view.me.userId) : 0
  const waitSeconds = useSecondsUntil(nextCommentAtMs(view.comments, slowModeMs))
  const left = maxLength - textLength(text)
  const canSend = left < maxLength && left >= 0 && waitSeconds === 0

  function send(event?: FormEvent) {
    event?.preventDefault()
    if (!canSend) return
    setRefusal('')
    // Other failures are shown on the comment itself.
    show
      .sendComment(text, { replyTo: replyTo ?? undefined, mentions: mentionsOf(text, mentions.current) })
      .catch((error: unknown) => takeBack(text.trim(), toCodedError(error)))
    setText('')
    onReply(null)
    onSent()
  }

  /** Puts a refused text back, to be changed. */
  function takeBack(sent: string, { code, message }: CodedError) {
    const refused = show.view.comments.list.findLast(comment => comment.state === 'failed' && comment.text === sent)
    if (code !== 'COMMENT_REFUSED' || !refused || field.current?.value !== '') return
    show.discardComment(refused.clientId)
    setText(sent)
    setRefusal(message)
    field.current.focus()
  }

  function sendOnEnter(event: KeyboardEvent) {
    if (mentions.current.onKey?.(event)) return
    if (event.key !== 'Enter' || event.shiftKey || isComposing(event.nativeEvent)) return
    event.preventDefault()
    send()
  }

  useEffect(() => {
    if (replyTo) field.current?.focus()
  }, [replyTo])

  return (
    <form className={styles.composer} onSubmit={send}>
      {replyTo && (
        <div className={styles.reply}>
          <p>
            Replying to <strong>{replyTo.author.displayName}</strong>
          </p>
          <AsyncButton variant='quiet' label='Don’t reply' onPress={() => onReply(null)}>
            <X size={18} aria-hidden='true' />
          </AsyncButton>
        </div>
      )}
      {text.includes('@') && (
        <LazyBoundary>
          <MentionSuggestions view={view} show={show} text={text} field={field} draft={mentions} onChange={setText} />
        </LazyBoundary>
      )}
      <textarea
        ref={field}
        className={styles.input}
        rows={1}
        value={text}
        placeholder='Say something'
        aria-label='Your comment'
        aria-describedby={hintId}
        aria-invalid={left < 0}
        enterKeyHint='send'
        onChange={event => setText(event.target.value)}
        onKeyDown={sendOnEnter}
      />
      <AsyncButton variant='primary' type='submit' label='Send' isDisabled={!canSend}>
        <SendHorizontal size={20} aria-hidden='true' />
      </AsyncButton>
      {refusal && (
        <p role='alert' className={styles.refusal}>
          {refusal}
        </p>
      )}
      <p id={hintId} className={`${styles.hint} ${left < 0 ? styles.overLimit : ''}`}>
        {hintText(left, waitSeconds, slowModeMs)}
      </p>
    </form>
  )
}

function hintText(left: number, waitSeconds: number, slowModeMs: number): string {
  if (left < 0) return formatCharactersLeft(left)
  if (waitSeconds > 0) return `You can comment again in ${formatWait(waitSeconds)}`
  if (left <= showLeftFrom) return formatCharactersLeft(left)
  return slowModeMs > 0 ? `Slow mode: one comment every ${formatWait(slowModeMs / 1000)}` : ''
}

/** Formats a wait as `15 s` or `1:30 min`. */
function formatWait(seconds: number): string {
  return seconds < 60
    ? `${seconds} s`
    : `${Math.floor(seconds / 60)}:${String(Math.ceil(seconds) % 60).padStart(2, '0')} min`
}

/** Returns the whole seconds left until a time, counting down to 0. */
function useSecondsUntil(atMs: number): number {
  const [now, setNow] = useState(Date.now)
  const isAhead = atMs > now
  useEffect(() => {
    setNow(Date.now())
    if (atMs <= Date.now()) return
    const timer = setInterval(() => setNow(Date.now()), 250)
    return () => clearInterval(timer)
  }, [atMs, isAhead])
  return Math.max(0, Math.ceil((atMs - now) / 1000))
}
