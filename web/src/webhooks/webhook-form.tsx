import { useState } from 'react'
import type { WebhookEvent, WebhookWithSecret } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { SwitchField } from '../ui/switch-field.tsx'
import { TextField } from '../ui/text-field.tsx'
import { useSubmit } from '../ui/use-submit.ts'
import { eventTexts } from './webhook-texts.ts'
import settingsStyles from '../settings/settings.module.css'
import styles from './webhooks.module.css'

const allEvents: readonly WebhookEvent[] = ['show.scheduled', 'show.started', 'show.ended']

interface WebhookFormProps {
  onAdded: (added: WebhookWithSecret) => Promise<void>
  onCancel: () => void
}

/** Adds a webhook: its address, and what it is told about. */
export function WebhookForm({ onAdded, onCancel }: WebhookFormProps) {
  const [url, setUrl] = useState('')
  const [events, setEvents] = useState(allEvents)
  const { error, submit } = useSubmit(
    async () => await onAdded(await ambient.webhooks.create({ url: url.trim(), events: [...events] }))
  )

  return (
    <form className={styles.form} onSubmit={submit}>
      <TextField
        label='Address'
        hint='An https address on the internet.'
        type='url'
        placeholder='https://'
        value={url}
        onChange={setUrl}
        autoFocus
      />
      <div role='group' aria-label='What it is told about'>
        {allEvents.map(event => (
          <SwitchField
            key={event}
            label={eventTexts[event]}
            isOn={events.includes(event)}
            onChange={isOn => setEvents(allEvents.filter(other => (other === event ? isOn : events.includes(other))))}
          />
        ))}
      </div>
      {error && (
        <p role='alert' className={settingsStyles.error}>
          {error}
        </p>
      )}
      <div className={styles.buttons}>
        <AsyncButton variant='primary' type='submit' isDisabled={url.trim() === '' || events.length === 0}>
          Add
        </AsyncButton>
        <AsyncButton onPress={onCancel}>Cancel</AsyncButton>
      </div>
    </form>
  )
}
