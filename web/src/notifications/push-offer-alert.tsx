import { useEffect, useState } from 'react'
import { Bell } from 'lucide-react'
import { ambient } from '../ambient.ts'
import { focusMainIfLost } from '../layout/page-focus.tsx'
import { AsyncButton } from '../ui/async-button.tsx'
import { subscribeBrowser } from './browser-push.ts'
import { followPush } from './follow-push.ts'
import { findPushObstacle } from './push-obstacle.ts'
import { readPushRecord } from './push-record.ts'
import styles from './push-offer-alert.module.css'

/** Set once the offer was made in this browser. */
const offeredKey = 'ambient:push-offered'

/** Whether the offer is new to this browser, and can be taken. */
async function canOffer(): Promise<boolean> {
  const { user } = ambient.account
  if (!user || user.guest || localStorage.getItem(offeredKey) !== null || findPushObstacle()) return false
  return readPushRecord()?.userId !== user.id && (await ambient.me.pushKey()) !== null
}

/** The offer of notifications in this browser. It stays until it is answered, and is never made again. */
export function PushOfferAlert({ occasion, onClose }: { occasion: string; onClose: () => void }) {
  const [isShown, setIsShown] = useState(false)
  useEffect(() => {
    let isCurrent = true
    canOffer().then(
      isPossible => {
        if (!isCurrent) return
        if (!isPossible) onClose()
        else {
          localStorage.setItem(offeredKey, 'yes')
          setIsShown(true)
        }
      },
      () => onClose()
    )
    return () => {
      isCurrent = false
    }
  }, [onClose])

  function close() {
    onClose()
    requestAnimationFrame(focusMainIfLost)
  }

  async function accept() {
    await subscribeBrowser()
    followPush()
    close()
  }

  // The region is there before its text: a screen reader announces what is added to it.
  return (
    <section className={styles.offer} role='status' aria-label='Offer of notifications'>
      {isShown && (
        <div className={styles.content}>
          <Bell size={20} aria-hidden='true' />
          <p className={styles.text}>Be told when {occasion}, also while Ambient is closed?</p>
          <span className={styles.buttons}>
            <AsyncButton variant='primary' onPress={accept}>
              Turn on notifications
            </AsyncButton>
            <AsyncButton variant='quiet' onPress={close}>
              Not now
            </AsyncButton>
          </span>
        </div>
      )}
    </section>
  )
}
