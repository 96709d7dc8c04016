import { useEffect, useState } from 'react'
import { Download } from 'lucide-react'
import type { RecordedStint } from '../../../client/index.ts'
import { ambient, useUser } from '../ambient.ts'
import { formatBytes } from '../format/bytes.ts'
import { formatDateTime } from '../format/date-time.ts'
import { formatDuration } from '../format/duration.ts'
import { Section } from '../ui/section.tsx'
import styles from './own-voice.module.css'

/** Downloads of the user's own voice in a recorded show. Shown only to people who spoke in it. */
export function OwnVoice({ showId }: { showId: string }) {
  const user = useUser()
  const [stints, setStints] = useState<readonly RecordedStint[]>([])
  useEffect(() => {
    if (!user || user.guest) return
    let isCurrent = true
    ambient.recordings.mine(showId).then(
      ({ items }) => {
        if (isCurrent) setStints(items)
      },
      () => {}
    )
    return () => {
      isCurrent = false
      setStints([])
    }
  }, [showId, user])

  if (stints.length === 0) return null
  return (
    <Section title='Your voice'>
      <p className={styles.note}>Your own voice in this show, as it was recorded. Only you can download it.</p>
      <ul className={styles.list}>
        {stints.map(({ id, startedAt, durationMs, sizeBytes, audioUrl }) => (
          <li key={id}>
            <a
              href={audioUrl}
              download={`my-voice-${startedAt.slice(0, 19).replaceAll(':', '-')}.ogg`}
              className={styles.link}
            >
              <Download size={18} aria-hidden='true' />
              <span>
                {formatDateTime(startedAt)} · {formatDuration(durationMs)} · {formatBytes(sizeBytes)}
                <span className='visually-hidden'>, download</span>
              </span>
            </a>
          </li>
        ))}
      </ul>
    </Section>
  )
}
