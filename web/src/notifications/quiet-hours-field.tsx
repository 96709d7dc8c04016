import { useId, useState } from 'react'
import type { QuietHours } from '../../../contract/notifications.ts'
import { SwitchField } from '../ui/switch-field.tsx'
import { useInstantSave } from '../ui/use-instant-save.ts'
import type { ChangeSettings } from './use-notification-settings.ts'
import styles from './notification-settings.module.css'
import fieldStyles from '../ui/field.module.css'

interface QuietHoursFieldProps {
  quietHours: QuietHours | null
  change: ChangeSettings
}

const ownTimeZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone

/** Returns all time zones, with one that this browser does not list. */
function timeZonesWith(timeZone: string): string[] {
  const known = Intl.supportedValuesOf('timeZone')
  return known.includes(timeZone) ? known : [timeZone, ...known]
}

/** The hours in which nothing is told, in a time zone. Each change is saved at once. */
export function QuietHoursField({ quietHours, change }: QuietHoursFieldProps) {
  const { pending, error, save } = useInstantSave(
    async ({ isOn }: { isOn: boolean }) =>
      await change(() => ({ quietHours: isOn ? { from: '22:00', to: '08:00', timeZone: ownTimeZone() } : null }))
  )
  return (
    <div className={styles.group}>
      <SwitchField
        label='Quiet hours'
        hint='You aren’t told anything in these hours, not even later.'
        isOn={pending?.isOn ?? quietHours !== null}
        onChange={isOn => save({ isOn })}
        error={error}
      />
      {quietHours && <Hours quietHours={quietHours} change={change} />}
    </div>
  )
}

function Hours({ quietHours: { from, to, timeZone }, change }: { quietHours: QuietHours; change: ChangeSettings }) {
  const { pending, error, save } = useInstantSave(
    async (part: Partial<QuietHours>) =>
      await change(({ quietHours }) => ({ quietHours: quietHours && { ...quietHours, ...part } }))
  )
  return (
    <>
      <div className={styles.hours}>
        <TimeField label='From' value={pending?.from ?? from} onChange={value => save({ from: value })} />
        <TimeField label='Until' value={pending?.to ?? to} onChange={value => save({ to: value })} />
        <TimeZoneField value={pending?.timeZone ?? timeZone} onChange={value => save({ timeZone: value })} />
      </div>
      {error && (
        <p role='alert' className={fieldStyles.error}>
          {error}
        </p>
      )}
    </>
  )
}

interface ValueFieldProps {
  label: string
  value: string
  onChange: (value: string) => void
}

/** A time of day with the picker of the platform. It is saved when the field is left. */
function TimeField({ label, value, onChange }: ValueFieldProps) {
  const id = useId()
  const [typed, setTyped] = useState<string | null>(null)
  return (
    <div className={fieldStyles.field}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type='time'
        className={fieldStyles.input}
        value={typed ?? value}
        onChange={event => setTyped(event.target.value)}
        onBlur={() => {
          if (typed && typed !== value) onChange(typed.slice(0, 5))
          setTyped(null)
        }}
      />
    </div>
  )
}

function TimeZoneField({ value, onChange }: Omit<ValueFieldProps, 'label'>) {
  const id = useId()
  return (
    <div className={fieldStyles.field}>
      <label htmlFor={id}>Time zone</label>
      <select id={id} className={fieldStyles.input} value={value} onChange={({ target }) => onChange(target.value)}>
        {timeZonesWith(value).map(zone => (
          <option key={zone} value={zone}>
            {zone.replaceAll('_', ' ')}
          </option>
        ))}
      </select>
    </div>
  )
}
