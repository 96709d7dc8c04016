import { useEffect } from 'react'
import { followTheme } from '../appearance/theme.ts'
import { ReminderAlerts } from '../discover/reminder-alerts.tsx'
import { showPage } from '../lazy-pages.ts'
import { PushOffer } from '../notifications/push-offer.tsx'
import { registerServiceWorker } from '../service-worker/register.ts'

/** The parts beside the page: the service worker, choices that are made in other tabs, alerts and offers. */
export function BackgroundParts() {
  useEffect(() => {
    // One tap on a show should start its sound.
    showPage.preload().catch(() => {})
    followTheme()
    registerServiceWorker()
  }, [])
  return (
    <>
      <ReminderAlerts />
      <PushOffer />
    </>
  )
}
