import { useCallback, useRef, useState } from 'react'
import type { Webhook } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { CopyField } from '../program/copy-field.tsx'
import { AsyncButton } from '../ui/async-button.tsx'
import { useFocusRecovery } from '../ui/use-focus-recovery.ts'
import { useLoaded } from '../ui/use-loaded.ts'
import { WebhookEntry } from './webhook-entry.tsx'
import { WebhookForm } from './webhook-form.tsx'
import settingsStyles from '../settings/settings.module.css'
import styles from './webhooks.module.css'

/** The addresses that are told about the user's own shows: adding, testing, and what became of the last messages. */
export function WebhookSettings() {
  const [webhooks, setWebhooks] = useLoaded<readonly Webhook[]>(
    useCallback(async () => await ambient.webhooks.list(), [])
  )
  const [secret, setSecret] = useState<string | null>(null)
  const [isAdding, setIsAdding] = useState(false)
  const container = useRef<HTMLDivElement>(null)
  useFocusRecovery(container)
  const reload = async () => setWebhooks(await ambient.webhooks.list())
  if (!webhooks) return <div className={styles.loading} />

  return (
    <div ref={container} className={styles.settings}>
      <p className={settingsStyles.muted}>
        For your own tools: Ambient sends a signed request to an address of yours when you plan, start or end a show.
      </p>
      {secret !== null && (
        <CopyField label='Secret of the signatures. Copy it now, it won’t be shown again.' value={secret} />
      )}
      {webhooks.length > 0 && (
        <ul className={styles.list} aria-label='Webhooks'>
          {webhooks.map(webhook => (
            <WebhookEntry key={webhook.id} webhook={webhook} onChange={reload} />
          ))}
        </ul>
      )}
      {isAdding ? (
        <WebhookForm
          onAdded={async added => {
            setSecret(added.secret)
            setIsAdding(false)
            await reload()
          }}
          onCancel={() => setIsAdding(false)}
        />
      ) : (
        <div className={settingsStyles.row}>
          <AsyncButton onPress={() => setIsAdding(true)}>Add a webhook</AsyncButton>
        </div>
      )}
    </div>
  )
}
