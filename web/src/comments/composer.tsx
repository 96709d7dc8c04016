import { useEffect, useId, useState, type FormEvent, type KeyboardEvent } from 'react'
import { Link } from 'wouter'
import { SendHorizontal } from 'lucide-react'
import { countGraphemes, nextCommentAtMs, type RoomView, type ShowRoom } from '../../../client/index.ts'
import { useUser } from '../ambient.ts'
import { Action } from '../parts/action.tsx'
import styles from './composer.module.css'

const longest = 500
/** From here on one is told how much room is left. */
const tellLeft = 60

/** Where one writes, or why one can't now. */
export function Composer({ view, show, onSent }: { view: RoomView; show: ShowRoom; onSent: () => void }) {
  const user = useUser()
  const closed = view.room?.settings.comments === 'closed' && !view.me.isHost
  if (user?.guest) {
    return (
      <p className={styles.closed}>
        Guests can listen and react. <Link href={`/sign-in?to=/shows/${show.showId}`}>Sign in</Link> to comment.
      </p>
    )
  }
  if (closed) return <p className={styles.closed}>The host has closed the comments.</p>
  if (view.room?.commentMutedIds.includes(view.me.userId)) {
    return <p className={styles.closed}>A host has muted your comments in this show.</p>
  }
  return <Writing view={view} show={show} onSent={onSent} />
}

function Writing({ view, show, onSent }: { view: RoomView; show: ShowRoom; onSent: () => void }) {
  const [text, setText] = useState('')
  const hint = useId()
  const slowModeMs = view.me.isHost ? 0 : (view.room?.settings.slowModeMs ?? 0)
  const waitSeconds = useSecondsUntil(nextCommentAtMs(view.comments, slowModeMs))
  const left = longest - countGraphemes(text.trim())
  const ready = left < longest && left >= 0 && waitSeconds === 0

  function send(event?: FormEvent) {
    event?.preventDefault()
    if (!ready) return
    // What becomes of it is shown where it stands.
    show.sendComment(text).catch(() => {})
    setText('')
    onSent()
  }

  function press(event: KeyboardEvent) {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    send()
  }

  return (
    <form className={styles.composer} onSubmit={send}>
      <textarea
        className={styles.text}
        rows={1}
        value={text}
        placeholder='Say something'
        aria-label='Your comment'
        aria-describedby={hint}
        aria-invalid={left < 0}
        enterKeyHint='send'
        onChange={event => setText(event.target.value)}
        onKeyDown={press}
      />
      <Action kind='main' type='submit' label='Send' isDisabled={!ready}>
        <SendHorizontal size={20} aria-hidden='true' />
      </Action>
      <p id={hint} className={`${styles.hint} ${left < 0 ? styles.over : ''}`}>
        {hintOf(left, waitSeconds, slowModeMs)}
      </p>
    </form>
  )
}

function hintOf(left: number, waitSeconds: number, slowModeMs: number): string {
  if (left < 0) return `${-left} too many`
  if (waitSeconds > 0) return `You can comment again in ${timeText(waitSeconds)}`
  if (left <= tellLeft) return `${left} left`
  return slowModeMs > 0 ? `Slow mode: one comment every ${timeText(slowModeMs / 1000)}` : ''
}

function timeText(seconds: number): string {
  return seconds < 60
    ? `${seconds} s`
    : `${Math.floor(seconds / 60)}:${String(Math.ceil(seconds) % 60).padStart(2, '0')} min`
}

/** Whole seconds until then, counting down; 0 when it is past. */
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
