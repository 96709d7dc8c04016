import type { Redis } from 'ioredis'
import type { Unsubscribe } from '../bus.ts'
import { maxMessageLength } from '../bus-errors.ts'
import type { Drop } from './dropped.ts'
import { channelPrefix, isReadableVersion, protocolVersion } from './keys.ts'

/** Messages that may be lost. */
export interface Channels {
  /** The name in Redis of a channel. */
  nameOf(channel: string): string
  /** A message as it is sent: version, node and text. */
  encode(text: string): string
  cast(channel: string, text: string): void
  listen(channel: string, handler: (text: string) => void): Unsubscribe
}

export interface ChannelsParts {
  nodeId: string
  db: number
  commands: Redis
  /** A connection of its own. */
  subscriber: Redis
  drop: Drop
}

export function createChannels({ nodeId, db, commands, subscriber, drop }: ChannelsParts): Channels {
  const prefix = channelPrefix(db)
  const handlers = new Map<string, Set<(text: string) => void>>()

  function subscribe(names: string[]): void {
    if (names.length === 0) return
    subscriber.subscribe(...names).catch(() => {
      // It is repeated with the next connection. One that does not answer is given up.
      if (subscriber.status === 'ready') subscriber.disconnect(true)
    })
  }

  subscriber.on('ready', () => subscribe([...handlers.keys()]))
  subscriber.on('message', (name: string, message: string) => {
    const [, version, from, text] = /^(\d+) ([\w-]+) (.*)$/s.exec(message.slice(0, maxMessageLength)) ?? []
    if (text === undefined || !isReadableVersion(version)) return drop('channel', 'not readable')
    if (from !== nodeId) for (const handler of handlers.get(name) ?? []) handler(text)
  })

  const nameOf = (channel: string) => prefix + channel
  const encode = (text: string) => `${protocolVersion} ${nodeId} ${text}`
  return {
    nameOf,
    encode,
    cast(channel, text) {
      commands.publish(nameOf(channel), encode(text)).catch(() => {})
    },
    listen(channel, handler) {
      const name = nameOf(channel)
      const existing = handlers.get(name)
      const all = existing ?? new Set()
      handlers.set(name, all.add(handler))
      if (!existing) subscribe([name])
      return () => {
        all.delete(handler)
        if (all.size > 0 || handlers.get(name) !== all) return
        handlers.delete(name)
        subscriber.unsubscribe(name).catch(() => {})
      }
    }
  }
}
