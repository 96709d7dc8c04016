import { useRef, useSyncExternalStore } from 'react'
import { Megaphone, X } from 'lucide-react'
import type { Announcement } from '../../../client/index.ts'
import { Button } from '../ui/button.tsx'
import { useFocusRecovery } from '../ui/use-focus-recovery.ts'
import { dismissedAnnouncements } from './dismissed-announcements.ts'
import styles from './announcements.module.css'

/** The announcements that were not closed on this device. */
export function AnnouncementBanners({ active }: { active: readonly Announcement[] }) {
  const dismissed = useSyncExternalStore(dismissedAnnouncements.subscribe, dismissedAnnouncements.all)
  const list = useRef<HTMLDivElement>(null)
  useFocusRecovery(list)
  return (
    <div ref={list} className={styles.list}>
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
