import { SelectField } from '../ui/select-field.tsx'
import { repeatText, ruleOf, type RepeatChoice } from './repeat-text.ts'

interface RepeatFieldProps {
  startsAt: string
  value: RepeatChoice
  onChange: (choice: RepeatChoice) => void
  /** Whether the show is one of a series already. */
  isSeries: boolean
}

/** Whether a show repeats, and how often; on the weekday of its start in the time zone of this device. */
export function RepeatField({ startsAt, value, onChange, isSeries }: RepeatFieldProps) {
  const textOf = (choice: RepeatChoice) => {
    const rule = ruleOf(choice, startsAt)
    if (rule === null) return 'Does not repeat'
    const text = repeatText({ rule })
    return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
  }
  const often = {
    daily: textOf('daily'),
    weekly: textOf('weekly'),
    fortnightly: textOf('fortnightly'),
    monthly: textOf('monthly')
  }
  if (isSeries && value !== 'never') {
    return <SelectField label='Repeats' options={often} value={value} onChange={onChange} />
  }
  return (
    <SelectField label='Repeats' options={{ never: textOf('never'), ...often }} value={value} onChange={onChange} />
  )
}
