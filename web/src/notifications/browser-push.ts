import type { PushSubscriptionDraft } from '../../../contract/notifications.ts'
import { ambient } from '../ambient.ts'
import { readPushRecord, savePushRecord } from './push-record.ts'

const workerTimeoutMs = 20_000

/**
 * Subscribes this browser to push messages. Call it when the person has pressed a button: the browser may ask them for
 * permission.
 * @throws Error with a text for the person, when they or the browser refuse
 */
export async function subscribeBrowser(): Promise<void> {
  if ((await Notification.requestPermission()) !== 'granted') {
    throw new Error('Your browser didn’t allow notifications.')
  }
  const key = await ambient.me.pushKey()
  if (key === null) throw new Error('This server sends no push messages.')
  await register(await subscribeAt(await readyWorker(), key))
}

/** Ends the push messages to this browser. */
export async function unsubscribeBrowser(): Promise<void> {
  const record = readPushRecord()
  if (record && record.userId === ambient.account.user?.id) await ambient.me.unsubscribePush(record.subscriptionId)
  savePushRecord(null)
  const worker = await navigator.serviceWorker.getRegistration()
  const subscription = await worker?.pushManager.getSubscription()
  await subscription?.unsubscribe()
}

/**
 * Renews the subscription of this browser at the server after one of these: the person has signed in again, the push
 * service has given the browser another address, or the server has another key. A browser that the person has removed
 * from another device stays removed.
 */
export async function keepSubscribed(): Promise<void> {
  const record = readPushRecord()
  const { user } = ambient.account
  if (!record || record.userId !== user?.id || Notification.permission !== 'granted') return
  const [key, signInId, worker] = await Promise.all([ambient.me.pushKey(), findSignInId(), readyWorker()])
  if (key === null) return
  const subscription = await subscribeAt(worker, key)
  if (subscription.endpoint !== record.endpoint || signInId !== record.signInId) await register(subscription)
}

async function register(subscription: PushSubscription): Promise<void> {
  const { user } = ambient.account
  const [{ id }, signInId] = await Promise.all([ambient.me.subscribePush(draftOf(subscription)), findSignInId()])
  if (user) savePushRecord({ userId: user.id, signInId, subscriptionId: id, endpoint: subscription.endpoint })
}

/** Returns the subscription to messages that are signed with a key. One of another key is replaced. */
async function subscribeAt({ pushManager }: ServiceWorkerRegistration, key: string): Promise<PushSubscription> {
  const current = await pushManager.getSubscription()
  if (current && keyOf(current) === key) return current
  await current?.unsubscribe()
  return await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key })
}

function keyOf({ options: { applicationServerKey } }: PushSubscription): string | null {
  if (!applicationServerKey) return null
  const text = btoa(String.fromCharCode(...new Uint8Array(applicationServerKey)))
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

function draftOf(subscription: PushSubscription): PushSubscriptionDraft {
  const { endpoint = '', expirationTime = null, keys: { p256dh = '', auth = '' } = {} } = subscription.toJSON()
  return { endpoint, expirationTime, keys: { p256dh, auth } }
}

/** Returns the sign-in of this browser, the newest of all that are in use. */
async function findSignInId(): Promise<string> {
  const { items } = await ambient.me.sessions()
  return items.find(({ current }) => current)?.id ?? ''
}

/** Returns the service worker of this page once it runs. It is registered some seconds after the page is loaded. */
async function readyWorker(): Promise<ServiceWorkerRegistration> {
  await navigator.serviceWorker.register('/sw.js')
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('Your browser isn’t ready. Reload the page.')), workerTimeoutMs)
  })
  try {
    return await Promise.race([navigator.serviceWorker.ready, timeout])
  } finally {
    clearTimeout(timer)
  }
}
