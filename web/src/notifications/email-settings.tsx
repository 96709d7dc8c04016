import { useCallback, useRef, useState } from 'react'
import type { EmailAddress, EmailStatus } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { formatDateTimeInText } from '../format/date-time.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { SwitchField } from '../ui/switch-field.tsx'
import { TextField } from '../ui/text-field.tsx'
import { useFocusRecovery } from '../ui/use-focus-recovery.ts'
import { useInstantSave } from '../ui/use-instant-save.ts'
import { useLoaded } from '../ui/use-loaded.ts'
import { useSubmit } from '../ui/use-submit.ts'
import type { ChangeSettings } from './use-notification-settings.ts'
import settingsStyles from '../settings/settings.module.css'
import styles from './notification-settings.module.css'

/** The interval in which an address is asked for whose link was not opened yet. */
const pollMs = 5000

interface EmailSettingsProps {
  isOn: boolean
  change: ChangeSettings
}

/** The e-mail address of the user with its state, and the switch for e-mail. */
export function EmailSettings({ isOn, change }: EmailSettingsProps) {
  const [email, setEmail] = useLoaded(
    useCallback(async () => await ambient.email.get(), []),
    ({ status }) => (status === 'waiting' ? pollMs : null)
  )
  const container = useRef<HTMLDivElement>(null)
  useFocusRecovery(container)
  const { pending, error, save } = useInstantSave(async (patch: { email: boolean }) => await change(() => patch))
  if (!email) return <div className={styles.loading} />
  if (!email.isAvailable && email.address === null) {
    return <p className={settingsStyles.muted}>This server sends no e-mail.</p>
  }
  return (
    <div ref={container} className={styles.group}>
      {email.address === null ? (
        <AddressForm onSaved={setEmail} />
      ) : (
        <Address email={email} address={email.address} onChange={async () => setEmail(await ambient.email.get())} />
      )}
      {email.status === 'verified' && (
        <SwitchField
          label='Send me e-mail'
          hint='When somebody you follow goes live, and for reminders.'
          isOn={pending?.email ?? isOn}
          onChange={changed => save({ email: changed })}
          error={error}
        />
      )}
    </div>
  )
}

function AddressForm({ onSaved }: { onSaved: (email: EmailAddress) => void }) {
  const [address, setAddress] = useState('')
  const { error, submit } = useSubmit(async () => onSaved(await ambient.email.set(address.trim())))

  return (
    <form className={styles.form} onSubmit={submit}>
      <TextField
        label='E-mail address'
        hint='We send a link to it first. Nobody else sees it.'
        type='email'
        autoComplete='email'
        value={address}
        onChange={setAddress}
      />
      {error && (
        <p role='alert' className={settingsStyles.error}>
          {error}
        </p>
      )}
      <AsyncButton type='submit' isDisabled={address.trim() === ''}>
        Send the link
      </AsyncButton>
    </form>
  )
}

interface AddressProps {
  email: EmailAddress
  address: string
  onChange: () => Promise<void>
}

/** The address with its state, and the buttons to send the link again or remove it. */
function Address({ email: { status, expiresAt }, address, onChange }: AddressProps) {
  return (
    <div className={settingsStyles.session}>
      <div className={settingsStyles.sessionText}>
        <strong>{address}</strong>
        <span role='status' className={settingsStyles.muted}>
          {statusTexts[status]}
          {status === 'waiting' && expiresAt && ` It works until ${formatDateTimeInText(expiresAt)}.`}
        </span>
      </div>
      <div className={styles.buttons}>
        {status === 'waiting' && (
          <AsyncButton
            onPress={async () => {
              await ambient.email.set(address)
              await onChange()
            }}
          >
            Send again
          </AsyncButton>
        )}
        <AsyncButton
          label='Remove e-mail address'
          onPress={async () => {
            await ambient.email.remove()
            await onChange()
          }}
        >
          Remove
        </AsyncButton>
      </div>
    </div>
  )
}

const statusTexts: Readonly<Record<EmailStatus, string>> = {
  none: '',
  waiting: 'Open the link in the mail that we sent.',
  verified: 'Confirmed',
  refused: 'The mailbox refuses our mail, or its reader does. Remove the address and enter another one.'
}
