import { readPushRecord } from '../notifications/push-record.ts'

/** Registers the service worker of a built page. Without one, everything works but offline. */
export function registerServiceWorker(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  navigator.serviceWorker.register('/sw.js').catch(() => {})
  followPush()
}

/** Renews the push messages of a browser that has subscribed: now, after a sign-in, and when their address changes. */
function followPush(): void {
  // Most browsers have not subscribed, and load nothing of it.
  if (!readPushRecord()) return
  import('../notifications/follow-push.ts').then(
    module => module.followPush(),
    () => {}
  )
}
