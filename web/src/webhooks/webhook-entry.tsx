import { useCallback, useState } from 'react'
import type { Webhook, WebhookDelivery } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { formatDateTime } from '../format/date-time.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { ConfirmButton } from '../ui/confirm-button.tsx'
import { useRepeated } from '../ui/use-repeated.ts'
import { deliveryText, eventTexts, stateText } from './webhook-texts.ts'
import settingsStyles from '../settings/settings.module.css'
import styles from './webhooks.module.css'

/** The interval in which the messages are loaded again while one is on its way. */
const pollMs = 2000

/** A webhook with its state, and the buttons to test, pause and delete it. */
export function WebhookEntry({ webhook, onChange }: { webhook: Webhook; onChange: () => Promise<void> }) {
  const { id, url, events, isEnabled } = webhook
  const [deliveries, setDeliveries] = useState<readonly WebhookDelivery[] | null>(null)
  const load = useCallback(async () => setDeliveries(await ambient.webhooks.deliveries(id)), [id])
  const loadAgain = useCallback(async () => await load().catch(() => {}), [load])
  const isWaiting = deliveries?.some(({ status }) => status === 'waiting') ?? false
  useRepeated(loadAgain, isWaiting ? pollMs : null)

  return (
    <li className={styles.webhook}>
      <strong className={styles.url}>{url}</strong>
      <span className={settingsStyles.muted}>
        {stateText(webhook)} · {events.map(event => eventTexts[event]).join(', ')}
      </span>
      <div className={styles.buttons}>
        <AsyncButton
          label={`Send a test to ${url}`}
          onPress={async () => {
            await ambient.webhooks.test(id)
            await load()
          }}
        >
          Send a test
        </AsyncButton>
        <AsyncButton
          label={deliveries ? `Hide messages to ${url}` : `Last messages to ${url}`}
          onPress={async () => (deliveries ? setDeliveries(null) : await load())}
        >
          {deliveries ? 'Hide messages' : 'Last messages'}
        </AsyncButton>
        <AsyncButton
          label={isEnabled ? `Pause ${url}` : `Turn on ${url}`}
          onPress={async () => {
            await ambient.webhooks.patch(id, { isEnabled: !isEnabled })
            await onChange()
          }}
        >
          {isEnabled ? 'Pause' : 'Turn on'}
        </AsyncButton>
        <ConfirmButton
          variant='danger'
          text='Delete'
          label={`Delete ${url}`}
          title='Delete this webhook?'
          onConfirm={async () => {
            await ambient.webhooks.delete(id)
            await onChange()
          }}
        >
          {url} isn’t told about your shows any more.
        </ConfirmButton>
      </div>
      {deliveries && <Deliveries deliveries={deliveries} />}
    </li>
  )
}

function Deliveries({ deliveries }: { deliveries: readonly WebhookDelivery[] }) {
  if (deliveries.length === 0) return <p className={settingsStyles.muted}>No messages yet.</p>
  return (
    <ul className={styles.deliveries} aria-label='Last messages' aria-live='polite'>
      {deliveries.map(delivery => (
        <li key={delivery.id}>
          {eventTexts[delivery.event]} · {formatDateTime(delivery.createdAt)} · {deliveryText(delivery)}
        </li>
      ))}
    </ul>
  )
}
