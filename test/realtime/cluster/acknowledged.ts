import { setTimeout as pause } from 'node:timers/promises'
import { MongoClient } from 'mongodb'
import type { Test } from 'tap'
import type { ShowEventDocument } from '../../../plugins/app/shows/log-records.ts'
import type { ShowClient } from '../../users.ts'

/** Settings of nodes whose members may send as much as they like. */
export const noLimits = {
  LIMIT_SPEAK_REQUESTS_PER_MINUTE: '100000',
  LIMIT_COMMENTS_PER_10S: '100000',
  LIMIT_EVENTS_PER_10S: '100000'
}

/** Reads the log, whose places have no hole and whose tokens never fall. */
export async function readLog(t: Test, mongoUrl: string, showId: string): Promise<ShowEventDocument[]> {
  const client = await MongoClient.connect(mongoUrl)
  try {
    const records = await client
      .db()
      .collection<ShowEventDocument>('showEvents')
      .find({ showId })
      .sort({ seq: 1 })
      .toArray()
    t.same(
      records.map(({ seq }) => seq),
      records.map((_, index) => index + 1),
      'the log has no hole'
    )
    const tokens = records.map(({ token }) => token ?? 0)
    t.same(
      tokens,
      tokens.toSorted((a, b) => a - b),
      'tokens never fall'
    )
    return records
  } finally {
    await client.close()
  }
}

/** Returns the ids of the nodes that were the home, in order. */
export function homesOf(records: readonly ShowEventDocument[]): string[] {
  return records.flatMap(({ event }) => (event.type === 'home:taken' ? [event.nodeId] : []))
}

/** Reads the texts of all comments of a show from the database. */
export async function readComments(mongoUrl: string, showId: string): Promise<string[]> {
  const client = await MongoClient.connect(mongoUrl)
  try {
    const comments = await client.db().collection<{ text: string }>('comments').find({ showId }).toArray()
    return comments.map(({ text }) => text)
  } finally {
    await client.close()
  }
}

/** Sends something again and again until it is stopped. */
export interface Sending {
  /** Stops, and returns what was acknowledged. */
  stop(): Promise<string[]>
}

/** Sends numbered requests to speak and their withdrawals, as long as the client is connected. */
export function keepRequesting(client: ShowClient, name: string): Sending {
  return keepSending(client, name, async reason => {
    const ack = await client.requestRaw('speak:request', { reason })
    await client.requestRaw('speak:cancel', {}).catch(() => {})
    return ack.ok
  })
}

/** Sends numbered comments, as long as the client is connected. */
export function keepCommenting(client: ShowClient, name: string): Sending {
  return keepSending(client, name, async text => {
    const ack = await client.requestRaw('comment:send', { clientId: text.replace(' ', '-'), text })
    return ack.ok
  })
}

function keepSending({ socket }: ShowClient, name: string, send: (text: string) => Promise<boolean>): Sending {
  const acknowledged: string[] = []
  const stopped = new AbortController()
  const done = (async () => {
    for (let n = 0; !stopped.signal.aborted && socket.connected; n++) {
      const text = `${name} ${n}`
      // Without an answer on a lost connection.
      if (await send(text).catch(() => false)) acknowledged.push(text)
      await pause(50)
    }
  })()
  return {
    async stop() {
      stopped.abort()
      await done
      return acknowledged
    }
  }
}

/** Returns the reasons of the requests to speak in the log. */
export function reasonsOf(records: readonly ShowEventDocument[]): string[] {
  return records.flatMap(({ event }) => (event.type === 'speak:requested' ? [event.reason] : []))
}

/** Checks that everything acknowledged is stored, and nothing twice. */
export function checkStored(t: Test, acknowledged: readonly string[], stored: readonly string[]): void {
  const known = new Set(stored)
  t.ok(acknowledged.length > 0, `${acknowledged.length} acknowledged`)
  t.same(
    acknowledged.filter(text => !known.has(text)),
    [],
    'nothing acknowledged is missing'
  )
  t.equal(known.size, stored.length, 'nothing is there twice')
}
