import { useEffect, useState } from 'react'
import { Bell, X } from 'lucide-react'
import { Link, useLocation } from 'wouter'
import { Button } from 'react-aria-components'
import { dueCalls, type Call } from './due.ts'
import styles from './reminder-calls.module.css'

const lookEveryMs = 15_000

/** Calls when a show begins that somebody wants to be told of: on the page, and by the system where it may. */
export function ReminderCalls() {
  const [calls, setCalls] = useState<Call[]>([])
  const [, go] = useLocation()

  useEffect(() => {
    let looking = false
    const look = async () => {
      if (looking) return
      looking = true
      try {
        const due = await dueCalls(new Date())
        if (due.length > 0) setCalls(known => [...known, ...due])
        for (const call of due) notify(call, () => go(`/shows/${call.showId}`))
      } finally {
        looking = false
      }
    }
    look()
    const timer = setInterval(look, lookEveryMs)
    return () => clearInterval(timer)
  }, [go])

  const drop = (showId: string) => setCalls(known => known.filter(call => call.showId !== showId))
  return (
    <div className={styles.calls} role='status'>
      {calls.map(call => (
        <p key={call.showId} className={styles.call}>
          <Bell size={20} aria-hidden='true' />
          <Link href={`/shows/${call.showId}`} onClick={() => drop(call.showId)} className={styles.link ?? ''}>
            {wordsOf(call)}
          </Link>
          <Button className={styles.close ?? ''} aria-label='Close' onPress={() => drop(call.showId)}>
            <X size={20} aria-hidden='true' />
          </Button>
        </p>
      ))}
    </div>
  )
}

function wordsOf({ title, live }: Call): string {
  return live ? `${title} is live now` : `${title} is about to begin`
}

function notify(call: Call, open: () => void): void {
  if (!('Notification' in window) || Notification.permission !== 'granted') return
  try {
    const notification = new Notification(wordsOf(call), { tag: call.showId, icon: '/icon.svg' })
    notification.onclick = () => {
      window.focus()
      open()
      notification.close()
    }
  } catch {
    // Some phones let a page notify only by a service worker; the page itself says it in any case.
  }
}
