import type { PushSubscription } from '../../../contract/notifications.ts'
import { ambient } from '../ambient.ts'
import { formatDateTimeInText } from '../format/date-time.ts'
import { deviceName } from '../settings/device-name.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { unsubscribeBrowser } from './browser-push.ts'
import styles from '../settings/settings.module.css'
import listStyles from './notification-settings.module.css'

interface PushBrowsersProps {
  browsers: readonly PushSubscription[]
  /** The subscription of this browser; null without one. */
  ownId: string | null
  onChange: () => Promise<void>
}

/** The browsers that get push messages, with a button to remove each. */
export function PushBrowsers({ browsers, ownId, onChange }: PushBrowsersProps) {
  async function remove(id: string) {
    await (id === ownId ? unsubscribeBrowser() : ambient.me.unsubscribePush(id))
    await onChange()
  }

  return (
    <ul className={listStyles.list} aria-label='Browsers that are notified'>
      {browsers.map(({ id, device, createdAt }) => (
        <li key={id} className={styles.session}>
          <div className={styles.sessionText}>
            <strong>{deviceName(device)}</strong>
            <span className={styles.muted}>
              {id === ownId && 'This browser · '}since {formatDateTimeInText(createdAt)}
            </span>
          </div>
          <AsyncButton
            label={`Remove ${deviceName(device)}, since ${formatDateTimeInText(createdAt)}`}
            onPress={async () => await remove(id)}
          >
            Remove
          </AsyncButton>
        </li>
      ))}
    </ul>
  )
}
