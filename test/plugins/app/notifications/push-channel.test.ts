import pino from 'pino'
import t from 'tap'
import webPush from 'web-push'
import type { Delivery } from '../../../../plugins/app/notifications/channel.ts'
import { ForbiddenAddress, type PostAnswer } from '../../../../plugins/app/notifications/outbound/post.ts'
import { createPushChannel, type PushChannelParts } from '../../../../plugins/app/notifications/push/push-channel.ts'
import { createPushServices } from '../../../../plugins/app/notifications/push/push-services.ts'
import { createBrowserKeys } from '../../../standins/push-service/decrypt.ts'

const { privateKey } = webPush.generateVAPIDKeys()
const { p256dh, auth } = await createBrowserKeys()

/** A channel to browsers at these hosts, whose requests are answered here. */
function createChannel(hosts: string[], post: (host: string) => Promise<PostAnswer>) {
  const clock = { ms: Date.now() }
  const removed: string[] = []
  const refused: string[] = []
  const asked: string[] = []
  const lines: { msg: string; service: string; reason?: string }[] = []
  const subscriptions = hosts.map((host, n) => ({
    ...{ _id: String(n), userId: 'fan', signInId: 's', device: '', p256dh, auth, failures: 0, createdAt: new Date() },
    endpoint: `https://${host}/send`
  }))
  const channel = createPushChannel({
    subscriptions: {
      findSubscribed: async () => new Set(['fan']),
      ofPerson: async () => subscriptions,
      async remove(_userId, id) {
        removed.push(id)
      },
      noteAccepted: async () => {},
      async noteRefused({ _id }) {
        refused.push(_id)
      }
    } satisfies PushChannelParts['subscriptions'],
    outbound: {
      async post({ url }) {
        asked.push(new URL(url).host)
        return await post(new URL(url).host)
      }
    },
    vapidKey: privateKey,
    contact: () => 'mailto:operator@radio.example',
    health: { note() {}, async check() {} },
    log: pino(
      { base: null },
      {
        write(line) {
          lines.push(JSON.parse(line))
        }
      }
    ),
    nowMs: () => clock.ms
  })
  const creator = { id: 'creator', displayName: 'Creator', avatarUrl: null }
  const delivery: Delivery = {
    userId: 'fan',
    content: { kind: 'started', showId: 's', title: '', creator, url: '', at: new Date() },
    expiresAt: new Date(clock.ms + 60_000),
    sentTo: [],
    async onSent() {},
    signal: new AbortController().signal
  }
  return { deliver: async () => await channel.deliver(delivery), clock, removed, refused, asked, lines }
}

t.test('a push service that does not answer several times in a row is paused, and others are not', async t => {
  const { deliver, clock, refused, asked } = createChannel(['slow.example', 'quick.example'], async host => {
    if (host === 'slow.example') throw new DOMException('no answer', 'TimeoutError')
    return { status: 201, retryAfter: null }
  })
  for (let n = 0; n < 7; n++) t.match(await deliver(), { again: true })
  const askedOf = (host: string) => asked.filter(other => other === host).length
  t.equal(askedOf('slow.example'), 5)
  t.equal(askedOf('quick.example'), 7)
  t.equal(refused.length, 5, 'a pause counts for no subscription')
  clock.ms += 20_000
  t.same(await deliver(), { again: true, waitMs: 40_000 })
  clock.ms += 40_000
  await deliver()
  await deliver()
  t.equal(askedOf('slow.example'), 6, 'it is asked once after the pause')
})

t.test('a name that leads to a private address does not end a subscription, and is logged once a minute', async t => {
  const { deliver, clock, removed, refused, lines } = createChannel(['push.example'], async () => {
    throw new ForbiddenAddress()
  })
  for (let n = 0; n < 3; n++) t.equal(await deliver(), 'failed')
  t.same(removed, [])
  t.equal(refused.length, 3)
  t.match(lines, [{ msg: 'push service did not answer', service: 'push.example', reason: 'ForbiddenAddress' }])
  t.equal(lines.length, 1)
  clock.ms += 60_000
  await deliver()
  t.equal(lines.length, 2)
})

t.test('an answer ends the row of timeouts, and the number of known services is limited', async t => {
  const services = createPushServices(() => 0)
  const timeouts = (host: string, count: number) => {
    for (let n = 0; n < count; n++) services.noteTimeout(host)
  }
  timeouts('a', 4)
  services.noteAnswer('a')
  timeouts('a', 4)
  t.equal(services.pauseOf('a'), 0)
  timeouts('a', 1)
  t.equal(services.pauseOf('a'), 60_000)
  for (let n = 0; n < 1000; n++) services.noteTimeout(`host-${n}`)
  t.equal(services.pauseOf('a'), 0, 'the first one is forgotten')
})
