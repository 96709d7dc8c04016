import { useCallback, useRef, useState } from 'react'
import { ambient } from '../ambient.ts'
import { CopyField } from '../program/copy-field.tsx'
import { AsyncButton } from '../ui/async-button.tsx'
import { useFocusRecovery } from '../ui/use-focus-recovery.ts'
import { useLoaded } from '../ui/use-loaded.ts'
import styles from './settings.module.css'

/** Makes and revokes the secret address of a calendar with the shows of the people whom the user follows. */
export function CalendarFeed() {
  const [feed, setFeed] = useLoaded(useCallback(async () => await ambient.me.calendar(), []))
  const [url, setUrl] = useState<string | null>(null)
  const container = useRef<HTMLDivElement>(null)
  useFocusRecovery(container)
  const hasFeed = feed !== null && feed.createdAt !== null

  async function create() {
    const made = await ambient.me.createCalendar()
    setUrl(made.url)
    setFeed({ createdAt: made.createdAt })
  }

  async function remove() {
    await ambient.me.removeCalendar()
    setUrl(null)
    setFeed({ createdAt: null })
  }

  return (
    <div ref={container}>
      <p className={styles.muted}>
        Put the planned shows of everybody you follow into your calendar app. It subscribes to an address that only you
        know.
      </p>
      {url !== null && <CopyField label='Calendar address. Copy it now, it won’t be shown again.' value={url} />}
      <div className={styles.row}>
        <AsyncButton onPress={create} isDisabled={feed === null}>
          {hasFeed ? 'Replace the address' : 'Make a calendar address'}
        </AsyncButton>
        {hasFeed && (
          <AsyncButton variant='danger' onPress={remove}>
            Stop the calendar
          </AsyncButton>
        )}
      </div>
      {hasFeed && url === null && (
        <p className={styles.muted}>You have a calendar address. A new one replaces it in every calendar app.</p>
      )}
    </div>
  )
}
