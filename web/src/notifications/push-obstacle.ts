/**
 * The reason why this browser gets no push messages: the person has blocked notifications, it is an iPhone or iPad on
 * which Ambient is not on the home screen, the page has no https, or the browser has no push messages.
 */
export type PushObstacle = 'blocked' | 'homeScreen' | 'insecure' | 'unsupported'

/** Finds what stands between this browser and push messages; null when nothing does. */
export function findPushObstacle(): PushObstacle | null {
  if (!window.isSecureContext) return 'insecure'
  if (!('serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window)) {
    return isApplePhone() ? 'homeScreen' : 'unsupported'
  }
  // A build for development has no service worker.
  if (!import.meta.env.PROD) return 'unsupported'
  return Notification.permission === 'denied' ? 'blocked' : null
}

/** Whether this is an iPhone or iPad. A newer iPad calls itself a Mac, but no Mac has a touch screen. */
function isApplePhone(): boolean {
  const { userAgent, maxTouchPoints } = navigator
  return /\b(iPhone|iPad|iPod)\b/.test(userAgent) || (/\bMacintosh\b/.test(userAgent) && maxTouchPoints > 1)
}
