import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { createPublicKey } from 'node:crypto'
import { jwtVerify } from 'jose'
import { createBrowserKeys, type BrowserKeys } from './decrypt.ts'

/** A browser that subscribed at the stand-in, with the messages that it got. */
export interface StandInBrowser {
  /** The subscription, as the page sends it to its server. */
  readonly subscription: { endpoint: string; expirationTime: null; keys: { p256dh: string; auth: string } }
  readonly messages: { text: string; topic: string | undefined; ttl: number; contact: string }[]
  /** Answers to the next messages, instead of 201. A promise is an answer that comes late. */
  readonly answers: (Answer | Promise<Answer>)[]
}

interface Answer {
  status: number
  headers?: Record<string, string>
}

/**
 * A push service, as far as application servers see it: it takes messages by RFC 8030 and checks their signature by RFC
 * 8292 as strictly as those of browsers do. Its browsers decrypt by RFC 8291, with other code than the server's.
 */
export interface PushServiceStandIn {
  readonly url: string
  /** Subscribes a browser for messages of the server with this public key. */
  subscribe(applicationServerKey: string): Promise<StandInBrowser>
  close(): Promise<void>
}

interface Subscribed extends StandInBrowser {
  key: string
  keys: BrowserKeys
}

const maxMessageBytes = 4096
const maxExpirySeconds = 24 * 3600

export async function startPushService(): Promise<PushServiceStandIn> {
  const browsers = new Map<string, Subscribed>()
  const server = createServer((request, response) => {
    answer(request).then(
      ({ status, headers = {} }) => response.writeHead(status, headers).end(),
      (error: unknown) => response.writeHead(400).end(String(error))
    )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  async function answer(request: IncomingMessage): Promise<Answer> {
    const body = await buffer(request)
    const browser = browsers.get(request.url ?? '')
    if (!browser) return { status: 404 }
    const { headers } = request
    const contact = await checkSignature(headers.authorization ?? '', browser.key)
    if (headers['content-encoding'] !== 'aes128gcm') throw new Error('unknown encoding')
    const { ttl, topic } = headers
    if (typeof ttl !== 'string' || !/^\d+$/.test(ttl)) throw new Error('TTL is missing')
    if (topic !== undefined && !/^[A-Za-z0-9_-]{1,32}$/.test(String(topic))) throw new Error('topic is not valid')
    if (body.length > maxMessageBytes) return { status: 413 }
    const other = browser.answers.shift()
    if (other) return await other
    const text = await browser.keys.decrypt(body)
    browser.messages.push({ text, topic: topic?.toString(), ttl: Number(ttl), contact })
    return { status: 201, headers: { location: `${url}/messages/${browsers.size}` } }
  }

  async function checkSignature(authorization: string, expectedKey: string): Promise<string> {
    const [, token = '', key = ''] = /^vapid t=([^,]+), ?k=([\w-]+)$/.exec(authorization) ?? []
    if (key !== expectedKey) throw new Error('the key is not that of the subscription')
    const point = Buffer.from(key, 'base64url')
    const [x, y] = [point.subarray(1, 33), point.subarray(33)].map(part => part.toString('base64url')) as [
      string,
      string
    ]
    const publicKey = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' })
    const { payload } = await jwtVerify(token, publicKey, { audience: url, algorithms: ['ES256'] })
    if ((payload.exp ?? Infinity) > Date.now() / 1000 + maxExpirySeconds) throw new Error('the token lasts too long')
    if (!/^(mailto:|https:)/.test(payload.sub ?? '')) throw new Error('the contact is missing')
    return payload.sub ?? ''
  }

  return {
    url,
    async subscribe(key) {
      const keys = await createBrowserKeys()
      const path = `/send/${keys.auth}`
      const { p256dh, auth } = keys
      const subscription = { endpoint: `${url}${path}`, expirationTime: null, keys: { p256dh, auth } }
      const browser: Subscribed = { subscription, messages: [], answers: [], key, keys }
      browsers.set(path, browser)
      return browser
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    }
  }
}
