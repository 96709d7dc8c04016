/** The part of its global scope that our service worker uses. Types of browsers and of workers exclude each other. */
export interface WorkerScope {
  /** The build, written before the script by `web/service-worker.ts`. */
  readonly build: {
    /** A name that changes with the files and with the page that is shown offline. */
    readonly name: string
    /** The files to store before a page needs them. */
    readonly files: readonly string[]
  }
  readonly clients: Clients
  readonly location: Location
  readonly navigator: { readonly locks: LockManager }
  readonly registration: ServiceWorkerRegistration
  addEventListener<E extends keyof WorkerEvents>(type: E, listener: (event: WorkerEvents[E]) => void): void
}

interface WorkerEvents {
  install: ExtendableEvent
  activate: ExtendableEvent
  fetch: FetchEvent
  push: PushEvent
  notificationclick: NotificationClickEvent
  pushsubscriptionchange: PushSubscriptionChangeEvent
}

/** The open pages of the origin. */
interface Clients {
  /** Takes over the open pages that no worker serves. */
  claim(): Promise<void>
  matchAll(options: { type: 'window'; includeUncontrolled: boolean }): Promise<readonly WindowClient[]>
  /** Possible only while a click on a notification is handled, as is `focus`. */
  openWindow(url: string): Promise<unknown>
}

interface WindowClient {
  readonly id: string
  readonly url: string
  focus(): Promise<unknown>
  postMessage(message: unknown): void
}

export interface ExtendableEvent extends Event {
  /** Keeps the worker running until a promise settles. */
  waitUntil(promise: Promise<unknown>): void
}

export interface FetchEvent extends ExtendableEvent {
  readonly request: Request
  /** The answer to a navigation that was requested while the worker started; undefined where that is not possible. */
  readonly preloadResponse: Promise<Response | undefined>
  respondWith(response: Promise<Response>): void
}

export interface PushEvent extends ExtendableEvent {
  /** Null for a message without content. */
  readonly data: { json(): unknown } | null
}

export interface NotificationClickEvent extends ExtendableEvent {
  readonly notification: Notification
}

export interface PushSubscriptionChangeEvent extends ExtendableEvent {
  readonly oldSubscription?: PushSubscription | null
}
