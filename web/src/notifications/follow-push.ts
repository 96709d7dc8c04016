import { navigate } from 'wouter/use-browser-location'
import { ambient } from '../ambient.ts'
import { keepSubscribed } from './browser-push.ts'

let isFollowing = false

/**
 * Keeps this browser subscribed: at once, when somebody signs in, and when its push service gave it a new address.
 * Opens the show of a notification that was clicked. Safe to repeat.
 */
export function followPush(): void {
  if (isFollowing) return
  isFollowing = true
  let userId: string | undefined
  const keep = () => {
    // Without a connection, the next page does it.
    keepSubscribed().catch(() => {})
  }
  const onAccount = () => {
    const { user } = ambient.account
    if (user && user.id !== userId) keep()
    userId = user?.id
  }
  ambient.account.subscribe(onAccount)
  onAccount()
  navigator.serviceWorker.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    const { type, showId }: { type?: unknown; showId?: unknown } = Object(data)
    if (type === 'push:renewed') keep()
    if (type === 'push:open' && window.location.pathname !== `/shows/${String(showId)}`) {
      navigate(`/shows/${String(showId)}`)
    }
  })
}
