import { useEffect, useState } from 'react'
import { Bell, X } from 'lucide-react'
import { Link, useLocation } from 'wouter'
import { Button } from '../ui/button.tsx'
import { findDueAlerts, type ReminderAlert } from './due-reminders.ts'
import { foundBy } from '../show/join-source.ts'
import styles from './reminder-alerts.module.css'

const checkEveryMs = 15_000

/**
 * Alerts the user when a show with a reminder starts: on the page, and as a system notification where that is allowed.
 */
export function ReminderAlerts() {
  const [alerts, setAlerts] = useState<ReminderAlert[]>([])
  const [, navigate] = useLocation()

  useEffect(() => {
    let isChecking = false
    const check = async () => {
      if (isChecking) return
      isChecking = true
      try {
        const due = await findDueAlerts(new Date())
        if (due.length > 0) setAlerts(shown => [...shown, ...due])
        for (const alert of due) notify(alert, () => navigate(`/shows/${alert.showId}`, { state: foundBy('discover') }))
      } finally {
        isChecking = false
      }
    }
    check()
    const timer = setInterval(check, checkEveryMs)
    return () => clearInterval(timer)
  }, [navigate])

  const dismiss = (showId: string) => setAlerts(shown => shown.filter(alert => alert.showId !== showId))
  return (
    <div className={styles.alerts} role='status'>
      {alerts.map(alert => (
        <p key={alert.showId} className={styles.alert}>
          <Bell size={20} aria-hidden='true' />
          <Link
            href={`/shows/${alert.showId}`}
            state={foundBy('discover')}
            onClick={() => dismiss(alert.showId)}
            className={styles.link ?? ''}
          >
            {alertText(alert)}
          </Link>
          <Button className={styles.close ?? ''} aria-label='Close' onPress={() => dismiss(alert.showId)}>
            <X size={20} aria-hidden='true' />
          </Button>
        </p>
      ))}
    </div>
  )
}

function alertText({ title, isLive }: ReminderAlert): string {
  return isLive ? `${title} is live now` : `${title} is about to start`
}

function notify(alert: ReminderAlert, open: () => void): void {
  if (!('Notification' in window) || Notification.permission !== 'granted') return
  try {
    const notification = new Notification(alertText(alert), { tag: alert.showId, icon: '/icon.svg' })
    notification.onclick = () => {
      window.focus()
      open()
      notification.close()
    }
  } catch {
    // Some mobile browsers allow notifications only from a service worker. The alert on the page is shown anyway.
  }
}
