import type { NotificationClickEvent, PushEvent, PushSubscriptionChangeEvent, WorkerScope } from './worker-scope.ts'

/** The part of a push message that is shown. The content of another type is not known to this build. */
interface ShowMessage {
  type: string
  showId: string
  text: string
}

/** The text of each type of message between the name of the creator and the title. */
const texts: Readonly<Record<string, string>> = { 'show:started': 'is live', 'show:soon': 'is about to start' }

const icon = '/icon-192.png'

/** Shows push messages as notifications, one for each show, and opens the show of a notification that is clicked. */
export function servePushMessages(scope: WorkerScope): void {
  const { registration, clients, location } = scope

  async function show({ type, showId, text }: ShowMessage): Promise<void> {
    const shown = await registration.getNotifications({ tag: showId })
    // A message that comes twice replaces the first one silently. The start after a reminder is news.
    const renotify = shown.some(({ data }) => Object(data).type !== type)
    const options = { tag: showId, renotify, icon, badge: icon, data: { type, showId } }
    await registration.showNotification(text, options)
  }

  /** Returns the tab that is in the show, on whichever page, or else one that was opened with the page of the show. */
  async function findTab(showId: string) {
    const tabs = await clients.matchAll({ type: 'window', includeUncontrolled: true })
    const { held = [] } = await scope.navigator.locks.query().catch(() => ({ held: [] }))
    // `show/other-tabs.ts` holds the lock.
    const holder = held.find(({ name }) => name?.startsWith(`ambient:show:${showId}:`))
    return (
      tabs.find(({ id }) => id === holder?.clientId) ??
      tabs.find(({ url }) => new URL(url).pathname === `/shows/${showId}`)
    )
  }

  async function open(showId: string): Promise<void> {
    const tab = await findTab(showId)
    if (!tab) {
      await clients.openWindow(`${location.origin}/shows/${showId}`)
      return
    }
    await tab.focus()
    // It may be on another page by now, with the show in the mini-player.
    tab.postMessage({ type: 'push:open', showId })
  }

  /**
   * Subscribes again when the push service has ended the subscription. Only a page can tell the server, because the
   * sign-in is in its storage: one that is open does so at once, otherwise the next one.
   */
  async function renew({ oldSubscription }: PushSubscriptionChangeEvent): Promise<void> {
    const applicationServerKey = oldSubscription?.options.applicationServerKey
    if (applicationServerKey) {
      await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey }).catch(() => {})
    }
    const tabs = await clients.matchAll({ type: 'window', includeUncontrolled: true })
    for (const tab of tabs) tab.postMessage({ type: 'push:renewed' })
  }

  scope.addEventListener('push', (event: PushEvent) => {
    const message = messageOf(event)
    if (message) event.waitUntil(show(message))
  })
  scope.addEventListener('notificationclick', (event: NotificationClickEvent) => {
    const { notification } = event
    notification.close()
    const { showId }: { showId?: unknown } = Object(notification.data)
    if (isId(showId)) event.waitUntil(open(showId))
  })
  scope.addEventListener('pushsubscriptionchange', event => event.waitUntil(renew(event)))
}

/** Reads a push message; undefined when it is none of ours, or of a type that this build does not know. */
function messageOf({ data }: PushEvent): ShowMessage | undefined {
  try {
    const message: { type?: unknown; showId?: unknown; title?: unknown; creator?: unknown } = Object(data?.json())
    const { displayName }: { displayName?: unknown } = Object(message.creator)
    const { type, showId, title } = message
    if (typeof type !== 'string' || !Object.hasOwn(texts, type) || !isId(showId)) return undefined
    return { type, showId, text: `${String(displayName)} ${texts[type]}: ${String(title)}` }
  } catch {
    return undefined
  }
}

/** Whether a value can be the id of a show. It becomes part of an address. */
function isId(value: unknown): value is string {
  return typeof value === 'string' && /^[\w-]{1,64}$/.test(value)
}
