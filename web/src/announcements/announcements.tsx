import { useRef, useSyncExternalStore } from 'react'
import { Megaphone, X } from 'lucide-react'
import { Button } from 'react-aria-components'
import { ambient } from '../ambient.ts'
import { useFocusRecovery } from '../ui/use-focus-recovery.ts'
import { dismissedAnnouncements } from './dismissed-announcements.ts'
import styles from './announcements.module.css'

const { announcements } = ambient

/** The active announcements of the operators, on every page, until they are closed on this device. */
export function Announcements() {
  const active = useSyncExternalStore(announcements.subscribe, () => announcements.active)
  const dismissed = useSyncExternalStore(dismissedAnnouncements.subscribe, dismissedAnnouncements.all)
  const region = useRef<HTMLDivElement>(null)
  useFocusRecovery(region)
  return (
    // The region is there from the start: a screen reader announces what is added to it.
    <div ref={region} className={styles.region} role='status' aria-label='Announcements'>
      {active
        .filter(({ id }) => !dismissed.includes(id))
        .map(({ id, text }) => (
          <div key={id} className={styles.announcement}>
            <Megaphone size={20} aria-hidden='true' className={styles.icon} />
            <p className={styles.text}>{text}</p>
            <Button
              className={styles.close ?? ''}
              aria-label='Close announcement'
              onPress={() => dismissedAnnouncements.add(id)}
            >
              <X size={20} aria-hidden='true' />
            </Button>
          </div>
        ))}
    </div>
  )
}
