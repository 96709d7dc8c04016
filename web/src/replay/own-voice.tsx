import { useCallback } from 'react'
import { Download } from 'lucide-react'
import type { OwnVoice as OwnVoiceAnswer } from '../../../client/index.ts'
import { ambient, useUser } from '../ambient.ts'
import { formatBytes } from '../format/bytes.ts'
import { formatDateTime } from '../format/date-time.ts'
import { formatDuration } from '../format/duration.ts'
import { Section } from '../ui/section.tsx'
import { useLoaded } from '../ui/use-loaded.ts'
import styles from './own-voice.module.css'

const none: OwnVoiceAnswer = { items: [] }

/** Downloads of the user's own voice in a recorded show. Shown only to people who spoke in it. */
export function OwnVoice({ showId }: { showId: string }) {
  const user = useUser()
  const accountId = user?.guest ? undefined : user?.id
  const [voice] = useLoaded(
    useCallback(
      async () => (accountId === undefined ? none : await ambient.recordings.mine(showId)),
      [showId, accountId]
    )
  )
  if (!voice || voice.items.length === 0) return null
  return (
    <Section title='Your voice'>
      <p className={styles.note}>Your own voice in this show, as it was recorded. Only you can download it.</p>
      <ul className={styles.list}>
        {voice.items.map(({ id, startedAt, durationMs, sizeBytes, audioUrl }) => (
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
