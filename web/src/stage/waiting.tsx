import { useEffect, useState } from 'react'
import type { Show } from '../../../client/index.ts'
import { RemindMe } from '../discover/remind-me.tsx'
import { Portrait } from '../parts/portrait.tsx'
import { whenText } from '../parts/when.ts'
import { SupportCreator } from '../people/support-creator.tsx'
import { Share } from './share.tsx'
import styles from './waiting.module.css'

/** Before a show begins, for who came to listen: how long it is still, and that one need do nothing. */
export function Waiting({ show }: { show: Show }) {
  const { id, title, description, creator, startsAt, visibility } = show
  return (
    <section className={styles.waiting}>
      <title>{`${title} · Ambient`}</title>
      <div className={styles.face}>
        <Portrait id={creator.id} name={creator.displayName} avatarUrl={creator.avatarUrl} />
      </div>
      <h1>{title}</h1>
      <p className={styles.by}>
        with {creator.displayName}
        {startsAt && ` · ${whenText(startsAt)}`}
      </p>
      {startsAt && <Countdown untilMs={Date.parse(startsAt)} />}
      <p role='status'>{creator.displayName} has not begun yet. Stay here: the show opens by itself.</p>
      {description && <p className={styles.about}>{description}</p>}
      <div className={styles.buttons}>
        {visibility !== 'private' && <Share showId={id} title={title} />}
        <RemindMe show={show} />
      </div>
      <SupportCreator creator={creator} />
    </section>
  )
}

/** Runs for the eye; the time itself is said above. */
function Countdown({ untilMs }: { untilMs: number }) {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  const seconds = Math.ceil((untilMs - now) / 1000)
  if (seconds <= 0) return <p className={styles.countdown}>Any moment now</p>
  return (
    <p className={styles.countdown} role='timer' aria-live='off'>
      {timeText(seconds)}
    </p>
  )
}

/** `2 d 03:04:05` */
function timeText(seconds: number): string {
  const days = Math.floor(seconds / 86_400)
  const clock = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60]
    .map(part => String(part).padStart(2, '0'))
    .join(':')
  return days > 0 ? `${days} d ${clock}` : clock
}
