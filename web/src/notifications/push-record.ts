const key = 'ambient:push'

/** The subscription of this browser as the server knows it: whose it is, and the sign-in with which it ends. */
interface PushRecord {
  userId: string
  signInId: string
  subscriptionId: string
  endpoint: string
}

/** Returns the subscription that this browser has told the server about; null without one. */
export function readPushRecord(): PushRecord | null {
  try {
    const { userId, signInId, subscriptionId, endpoint } = Object(JSON.parse(localStorage.getItem(key) ?? 'null'))
    const texts = [userId, signInId, subscriptionId, endpoint]
    return texts.every(text => typeof text === 'string') ? { userId, signInId, subscriptionId, endpoint } : null
  } catch {
    return null
  }
}

export function savePushRecord(record: PushRecord | null): void {
  if (record) localStorage.setItem(key, JSON.stringify(record))
  else localStorage.removeItem(key)
}
