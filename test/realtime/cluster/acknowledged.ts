import { setTimeout as pause } from 'node:timers/promises'
import type { Test } from 'tap'
import { openComments } from '../../../plugins/app/comments/comment-records.ts'
import { collect } from '../../../plugins/app/documents/collect.ts'
import { openEventTables } from '../../../plugins/app/shows/event-tables.ts'
import type { ShowEventDocument } from '../../../plugins/app/shows/log-records.ts'
import type { RecordStore } from '../../../plugins/external/records/record-store.ts'
import { parseRecordLocation } from '../../../scripts/database/record-location.ts'
import { dynamoKeys } from '../../standins/dynamodb/server.ts'
import type { ShowClient } from '../../users.ts'

/** Settings of nodes whose members may send as much as they like. */
export const noLimits = {
  LIMIT_SPEAK_REQUESTS_PER_MINUTE: '100000',
  LIMIT_COMMENTS_PER_10S: '100000',
  LIMIT_EVENTS_PER_10S: '100000'
}

/** Returns the log of a show as it is stored, in order. */
export async function listLog(records: RecordStore, showId: string): Promise<ShowEventDocument[]> {
  const { events } = await openEventTables(records)
  return await collect(events.list('place', [showId]))
}

/** Reads the log, whose places have no hole and whose tokens never fall. `recordsUrl`: the store of records. */
export async function readLog(t: Test, recordsUrl: string, showId: string): Promise<ShowEventDocument[]> {
  const store = await openRecords(recordsUrl)
  try {
    const records = await listLog(store, showId)
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
    await store.close()
  }
}

/** Returns the ids of the nodes that were the home, in order. */
export function homesOf(records: readonly ShowEventDocument[]): string[] {
  return records.flatMap(({ event }) => (event.type === 'home:taken' ? [event.nodeId] : []))
}

/** Reads the texts of all comments of a show. `recordsUrl`: the store of records. */
export async function readComments(recordsUrl: string, showId: string): Promise<string[]> {
  const store = await openRecords(recordsUrl)
  try {
    const { comments } = await openComments(store)
    return (await collect(comments.list('place', [showId]))).map(({ text }) => text)
  } finally {
    await store.close()
  }
}

async function openRecords(recordsUrl: string): Promise<RecordStore> {
  const { accessKeyId, secretAccessKey } = dynamoKeys
  return await parseRecordLocation(recordsUrl).open({
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey
  })
}

/** Sends something again and again until it is stopped. */
export interface Sending {
  /** Stops, and returns what was acknowledged. */
  stop(): Promise<string[]>
}

/**
 * Sends numbered requests to speak and their withdrawals, as long as the client is connected. A request that may have
 * repeated one that was not withdrawn does not count: it is acknowledged without a record.
 */
export function keepRequesting(client: ShowClient, name: string): Sending {
  let mayWait = false
  return keepSending(client, name, async reason => {
    const isNew = !mayWait
    mayWait = true
    const ack = await client.requestRaw('speak:request', { reason })
    const withdrawal = await client.requestRaw('speak:cancel', {}).catch(() => ({ ok: false }))
    mayWait = !withdrawal.ok
    return ack.ok && isNew
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
