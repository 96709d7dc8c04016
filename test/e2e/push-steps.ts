import type { Page } from 'playwright-core'
import type { PushServiceStandIn, StandInBrowser } from '../standins/push-service/server.ts'
import { until } from '../until.ts'
import type { Visitor } from './browser.ts'
import { signInVisitor } from './show-steps.ts'

/** A person whose browser subscribes at the stand-in of a push service, and whose service worker shows what it gets. */
export interface PushVisitor extends Visitor {
  /** The subscriptions of the browser, the newest last. */
  readonly subscriptions: readonly StandInBrowser[]
  /** Gives the browser another address, as a push service does now and then, without telling the page. */
  changeAddress(key: string): Promise<void>
  /** Delivers a push message to the service worker, as the browser does. */
  deliver(text: string): Promise<void>
  /** Returns how often the page has asked for permission since it was loaded. */
  permissionRequests(): Promise<number>
  /** Waits until the service worker has handled the messages that were delivered so far. */
  settle(): Promise<void>
  /** Returns the texts of the notifications that are shown. */
  shownTexts(): Promise<string[]>
}

/** Signs a person in whose browser allows notifications without asking. */
export async function signInPushVisitor(url: string, name: string, service: PushServiceStandIn): Promise<PushVisitor> {
  const subscriptions: StandInBrowser[] = []
  const visitor = await signInVisitor(url, name, { hasServiceWorker: true, ownBrowser: true })
  const { page, context } = visitor
  await context.grantPermissions(['notifications', 'microphone'])
  const subscribe = async (key: string) => {
    const browser = await service.subscribe(key)
    subscriptions.push(browser)
    return browser.subscription
  }
  await context.exposeFunction('subscribeAtStandIn', subscribe)
  await context.addInitScript(useStandIn)
  await page.reload()
  const cdp = await context.newCDPSession(page)
  await cdp.send('ServiceWorker.enable')
  const registrationIds = new Set<string>()
  cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
    for (const { registrationId, isDeleted } of registrations) {
      if (!isDeleted) registrationIds.add(registrationId)
    }
  })
  await page.evaluate(async () => {
    await navigator.serviceWorker.register('/sw.js')
    await navigator.serviceWorker.ready
  })
  // The browser tells the id later than the page: without one, a message goes nowhere.
  await until(() => registrationIds.size > 0, 20_000)

  const deliver = async (data: string) => {
    const registrationId = [...registrationIds].at(-1) ?? ''
    await cdp.send('ServiceWorker.deliverPushMessage', { origin: url, registrationId, data })
  }

  return {
    ...visitor,
    subscriptions,
    deliver,
    async changeAddress(key) {
      const subscription = await subscribe(key)
      await page.evaluate(text => localStorage.setItem('stand-in', text), JSON.stringify({ key, subscription }))
    },
    async settle() {
      const last = { type: 'show:started', showId: 'last', title: 'Last', creator: { displayName: 'Nobody' } }
      await deliver(JSON.stringify(last))
      await until(async () => (await shownTexts(page)).includes('Nobody is live: Last'), 20_000)
      await page.evaluate(async () => {
        const registration = await navigator.serviceWorker.ready
        const shown = await registration.getNotifications()
        shown.find(({ title }) => title === 'Nobody is live: Last')?.close()
      })
      await until(async () => !(await shownTexts(page)).includes('Nobody is live: Last'), 20_000)
    },
    permissionRequests: async () =>
      await page.evaluate(() => (window as typeof window & { permissionRequests: number }).permissionRequests),
    shownTexts: async () => await shownTexts(page)
  }
}

async function shownTexts(page: Page): Promise<string[]> {
  return await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready
    return (await registration.getNotifications()).map(({ title }) => title)
  })
}

/**
 * Clicks the notification that is shown, as far as the service worker sees it: a browser lets a worker open and focus
 * tabs only after the click of a person, so these two calls are recorded. Returns the addresses.
 */
export async function clickNotification({ context, page }: Visitor): Promise<{ opened: string[]; focused: string[] }> {
  await until(async () => (await shownTexts(page)).length > 0)
  const [worker] = context.serviceWorkers()
  if (!worker) throw new Error('no service worker is running')
  const called = await worker.evaluate(async () => {
    const scope = self as unknown as {
      registration: ServiceWorkerRegistration
      clients: { openWindow: (url: string) => Promise<null> }
      WindowClient: { prototype: { url: string; focus: () => Promise<unknown> } }
      NotificationEvent: new (type: string, init: { notification: Notification | undefined }) => Event
    }
    const [opened, focused]: [string[], string[]] = [[], []]
    const { promise, resolve } = Promise.withResolvers<void>()
    scope.clients.openWindow = async url => {
      opened.push(url)
      resolve()
      return null
    }
    scope.WindowClient.prototype.focus = async function () {
      focused.push(this.url)
      resolve()
    }
    const [notification] = await scope.registration.getNotifications()
    self.dispatchEvent(new scope.NotificationEvent('notificationclick', { notification }))
    await promise
    return { opened, focused }
  })
  await until(async () => (await shownTexts(page)).length === 0)
  return called
}

/**
 * Runs in the page, before its own code. Chromium would subscribe at Google's push service, which a test cannot reach.
 * The subscription is kept in the browser, as it would be.
 */
function useStandIn(): void {
  interface Stored {
    key: string
    subscription: PushSubscriptionJSON
  }
  const stored = (): Stored | null => JSON.parse(localStorage.getItem('stand-in') ?? 'null')
  const bytesOf = (key: string) =>
    Uint8Array.from(atob(key.replaceAll('-', '+').replaceAll('_', '/')), letter => letter.charCodeAt(0)).buffer
  const toSubscription = ({ key, subscription }: Stored) => ({
    endpoint: subscription.endpoint,
    options: { userVisibleOnly: true, applicationServerKey: bytesOf(key) },
    toJSON: () => subscription,
    unsubscribe: async () => {
      localStorage.removeItem('stand-in')
      return true
    }
  })
  const requestPermission = Notification.requestPermission.bind(Notification)
  const counts = Object.assign(window, { permissionRequests: 0 })
  Notification.requestPermission = async () => {
    counts.permissionRequests++
    return await requestPermission()
  }
  Object.assign(PushManager.prototype, {
    async getSubscription() {
      const found = stored()
      return found && toSubscription(found)
    },
    async subscribe({ applicationServerKey: key }: { applicationServerKey: string }) {
      const { subscribeAtStandIn } = window as typeof window & {
        subscribeAtStandIn: (key: string) => Promise<PushSubscriptionJSON>
      }
      const made = { key, subscription: await subscribeAtStandIn(key) }
      localStorage.setItem('stand-in', JSON.stringify(made))
      return toSubscription(made)
    }
  })
}
