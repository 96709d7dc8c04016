import { useState, useSyncExternalStore } from 'react'
import { Bell, BellRing, CalendarPlus } from 'lucide-react'
import type { Show } from '../../../client/index.ts'
import { useUser } from '../ambient.ts'
import { offerPush } from '../notifications/push-offer.tsx'
import { AsyncButton } from '../ui/async-button.tsx'
import { setAccountReminder, useAccountReminders } from './account-reminders.ts'
import { createCalendarFile } from './calendar-file.ts'
import { reminders } from './reminders.ts'
import styles from './reminder-controls.module.css'

/**
 * Sets a reminder for a scheduled show, and offers a calendar file. This browser reminds while Ambient is open; the
 * server reminds those who are signed in by the ways that they chose.
 */
export function ReminderControls({ show }: { show: Show }) {
  const { id, title, startsAt } = show
  const user = useUser()
  const accountReminders = useAccountReminders()
  const isSetHere = useSyncExternalStore(reminders.subscribe, reminders.all).some(({ showId }) => showId === id)
  const isSet = isSetHere || accountReminders.has(id)
  const [mayNotify, setMayNotify] = useState(true)
  if (!startsAt) return null

  async function toggle() {
    if (isSet || !startsAt) {
      await setAccountReminder(id, false)
      reminders.remove(id)
      return
    }
    // Asked for first: browsers ask people only shortly after they have pressed something.
    setMayNotify(await requestNotificationPermission())
    await setAccountReminder(id, true)
    reminders.set({ showId: id, title, startsAt })
    offerPush(`“${title}” starts`)
  }

  return (
    <>
      <AsyncButton
        variant='quiet'
        label={isSet ? `Reminder set for ${title}, remove` : `Remind me about ${title}`}
        onPress={toggle}
      >
        {isSet ? <BellRing size={18} aria-hidden='true' /> : <Bell size={18} aria-hidden='true' />}
        {isSet ? 'Reminder set' : 'Remind me'}
      </AsyncButton>
      <a
        className={styles.calendarLink}
        href={calendarLink(show, startsAt)}
        download='show.ics'
        aria-label={`Add ${title} to your calendar`}
      >
        <CalendarPlus size={18} aria-hidden='true' />
        Calendar
      </a>
      {isSet && (
        <p role='status' className={styles.note}>
          {mayNotify ? '' : 'This browser blocks notifications. '}We’ll remind you in this browser while Ambient is open
          {user && !user.guest && ', and by the notifications and e-mail that are on in your settings'}. To be sure, add
          the show to your calendar.
        </p>
      )}
    </>
  )
}

/** Asks for permission when a reminder is set, never before. */
async function requestNotificationPermission(): Promise<boolean> {
  if (!('Notification' in window)) return false
  return (
    (Notification.permission === 'default' ? await Notification.requestPermission() : Notification.permission) ===
    'granted'
  )
}

function calendarLink(show: Show, startsAt: string): string {
  const url = `${window.location.origin}/shows/${show.id}`
  const file = createCalendarFile(show, startsAt, url, new Date(show.updatedAt))
  return `data:text/calendar;charset=utf-8,${encodeURIComponent(file)}`
}
