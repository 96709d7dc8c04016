import type { Show } from '../../../client/index.ts'

type Series = NonNullable<Show['series']>

const weekdays = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'] as const
const dayNames = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const
const ordinals: Readonly<Record<string, string>> = { 1: 'first', 2: 'second', 3: 'third', 4: 'fourth', '-1': 'last' }

/** The choices of how often a show repeats. */
export type RepeatChoice = 'never' | 'daily' | 'weekly' | 'fortnightly' | 'monthly'

/** Returns the rule of a choice for a show that begins then, in the time zone of this device; null for `never`. */
export function ruleOf(choice: RepeatChoice, startsAt: string): string | null {
  const date = new Date(startsAt)
  const day = weekdays[date.getDay()] ?? 'SU'
  const week = Math.ceil(date.getDate() / 7)
  switch (choice) {
    case 'never':
      return null
    case 'daily':
      return 'FREQ=DAILY'
    case 'weekly':
      return `FREQ=WEEKLY;BYDAY=${day}`
    case 'fortnightly':
      return `FREQ=WEEKLY;INTERVAL=2;BYDAY=${day}`
    case 'monthly':
      return `FREQ=MONTHLY;BYDAY=${week > 4 ? -1 : week}${day}`
  }
}

/** Returns the choice that is nearest to a rule: other clients may repeat shows in further ways. */
export function choiceOf({ rule }: Pick<Series, 'rule'>): RepeatChoice {
  const { FREQ, INTERVAL = '1' } = partsOf(rule)
  if (FREQ === 'DAILY') return 'daily'
  if (FREQ === 'MONTHLY') return 'monthly'
  return INTERVAL === '1' ? 'weekly' : 'fortnightly'
}

/** Returns how a rule repeats: "every Sunday", "every 2 weeks on Sunday", "every month on the first Sunday". */
export function repeatText({ rule }: Pick<Series, 'rule'>): string {
  const { FREQ, INTERVAL = '1', BYDAY = '' } = partsOf(rule)
  const unit = { DAILY: 'day', WEEKLY: 'week', MONTHLY: 'month' }[FREQ ?? ''] ?? 'time'
  const often = INTERVAL === '1' ? `every ${unit}` : `every ${INTERVAL} ${unit}s`
  if (BYDAY === '') return often
  const days = BYDAY.split(',').map(nameOf).join(' and ')
  return unit === 'week' && INTERVAL === '1' ? `every ${days}` : `${often} on ${days}`
}

/** Returns the values of the parts of a rule by their names. */
function partsOf(rule: string): Partial<Record<string, string>> {
  return Object.fromEntries(
    rule.split(';').map((part): [string, string] => {
      const [name = '', value = ''] = part.split('=', 2)
      return [name, value]
    })
  )
}

function nameOf(byDay: string): string {
  const [, nth = '', day = ''] = /^(-?\d)?([A-Z]{2})$/.exec(byDay) ?? []
  const name = dayNames[weekdays.findIndex(weekday => weekday === day)] ?? day
  return nth === '' ? name : `the ${ordinals[nth] ?? nth} ${name}`
}
