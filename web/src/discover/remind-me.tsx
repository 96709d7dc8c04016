import { useState, useSyncExternalStore } from 'react'
import { Bell, BellRing, CalendarPlus } from 'lucide-react'
import type { Show } from '../../../client/index.ts'
import { Action } from '../parts/action.tsx'
import { calendarOf } from './calendar.ts'
import { reminders } from './reminders.ts'
import styles from './remind-me.module.css'

/** Reminds of a planned show: by this browser while Ambient is open in it, and by a calendar for certain. */
export function RemindMe({ show }: { show: Show }) {
  const { id, title, startsAt } = show
  const isSet = useSyncExternalStore(reminders.subscribe, reminders.all).some(({ showId }) => showId === id)
  const [mayNotify, setMayNotify] = useState(true)
  if (!startsAt) return null

  async function toggle() {
    if (isSet || !startsAt) {
      reminders.remove(id)
      return
    }
    reminders.set({ showId: id, title, startsAt })
    setMayNotify(await askToNotify())
  }

  return (
    <>
      <Action
        kind='quiet'
        label={isSet ? `Reminding you of ${title}, stop it` : `Remind me of ${title}`}
        onPress={toggle}
      >
        {isSet ? <BellRing size={18} aria-hidden='true' /> : <Bell size={18} aria-hidden='true' />}
        {isSet ? 'Reminding you' : 'Remind me'}
      </Action>
      <a
        className={styles.calendar}
        href={calendarLink(show, startsAt)}
        download='show.ics'
        aria-label={`Add ${title} to your calendar`}
      >
        <CalendarPlus size={18} aria-hidden='true' />
        Calendar
      </a>
      {isSet && (
        <p role='status' className={styles.honest}>
          {mayNotify ? '' : 'This browser doesn’t let us notify you. '}You are reminded in this browser while Ambient is
          open in it. To be sure, add it to your calendar.
        </p>
      )}
    </>
  )
}

/** Asked only when somebody wants to be reminded. */
async function askToNotify(): Promise<boolean> {
  if (!('Notification' in window)) return false
  return (
    (Notification.permission === 'default' ? await Notification.requestPermission() : Notification.permission) ===
    'granted'
  )
}

function calendarLink(show: Show, startsAt: string): string {
  return `data:text/calendar;charset=utf-8,${encodeURIComponent(calendarOf(show, startsAt, `${window.location.origin}/shows/${show.id}`, new Date(show.updatedAt)))}`
}
