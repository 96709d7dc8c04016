import { useCallback } from 'react'
import type { User } from '../../../client/index.ts'
import type { NotificationSettings as Settings } from '../../../contract/notifications.ts'
import { ambient } from '../ambient.ts'
import { SelectField } from '../ui/select-field.tsx'
import { SwitchField } from '../ui/switch-field.tsx'
import { useInstantSave } from '../ui/use-instant-save.ts'
import { useLoaded } from '../ui/use-loaded.ts'
import { EmailSettings } from './email-settings.tsx'
import { MutedPeople } from './muted-people.tsx'
import { PushBrowsers } from './push-browsers.tsx'
import { readPushRecord } from './push-record.ts'
import { QuietHoursField } from './quiet-hours-field.tsx'
import { ThisBrowser } from './this-browser.tsx'
import { useNotificationSettings, type ChangeSettings } from './use-notification-settings.ts'
import settingsStyles from '../settings/settings.module.css'
import styles from './notification-settings.module.css'

const creatorOptions = { all: 'Everybody I follow', none: 'Nobody' } as const

async function loadPush() {
  const [key, browsers] = await Promise.all([ambient.me.pushKey(), ambient.me.pushSubscriptions()])
  return { isOffered: key !== null, browsers }
}

/** The choices of what the user is told about, when, and in which browsers. */
export function NotificationSettings({ user }: { user: User }) {
  const { settings, change } = useNotificationSettings()
  // The room that it takes is kept while it is loaded.
  if (!settings) return <div className={styles.loading} />
  return (
    <div className={styles.settings}>
      <PushSettings user={user} settings={settings} change={change} />
      <EmailSettings isOn={settings.email} change={change} />
      <Creators user={user} settings={settings} change={change} />
      <QuietHoursField quietHours={settings.quietHours} change={change} />
    </div>
  )
}

interface PartProps {
  user: User
  settings: Settings
  change: ChangeSettings
}

/** Push messages to browsers, or that the server sends none. */
function PushSettings({ user, settings, change }: PartProps) {
  const [push, setPush] = useLoaded(useCallback(loadPush, []))
  const { pending, error, save } = useInstantSave(async (patch: { push: boolean }) => await change(() => patch))
  const reload = async () => setPush(await loadPush())
  if (!push) return <div className={styles.loading} />
  if (!push.isOffered) {
    return (
      <p className={settingsStyles.muted}>
        This server sends no notifications to browsers. Its operator can turn them on. Reminders still work while
        Ambient is open.
      </p>
    )
  }
  const record = readPushRecord()
  const { browsers } = push
  const ownId = browsers.find(({ id }) => id === record?.subscriptionId && record.userId === user.id)?.id ?? null
  return (
    <div className={styles.group}>
      <ThisBrowser isSubscribed={ownId !== null} onChange={reload} />
      {browsers.length > 0 && (
        <>
          <PushBrowsers browsers={browsers} ownId={ownId} onChange={reload} />
          <SwitchField
            label='Notify these browsers'
            hint='Switch it off to pause them all.'
            isOn={pending?.push ?? settings.push}
            onChange={isOn => save({ push: isOn })}
            error={error}
          />
        </>
      )}
    </div>
  )
}

/** Whose shows the user is told about. */
function Creators({ user, settings: { creators, mutedCreatorIds }, change }: PartProps) {
  const { pending, error, save } = useInstantSave(
    async (patch: Pick<Settings, 'creators'>) => await change(() => patch)
  )
  const shown = pending?.creators ?? creators
  return (
    <div className={styles.group}>
      <SelectField
        label='Tell me when these people go live'
        options={creatorOptions}
        value={shown}
        onChange={changed => save({ creators: changed })}
      />
      {error && (
        <p role='alert' className={settingsStyles.error}>
          {error}
        </p>
      )}
      {shown === 'all' && <MutedPeople userId={user.id} mutedIds={mutedCreatorIds} change={change} />}
    </div>
  )
}
