import { io } from 'socket.io-client'
import type { LiveUpdate, LiveValues } from '../../contract/live.ts'
import type { ServerPayload } from '../../contract/server-events.ts'
import { call, type ShowClient, type TestUser } from '../users.ts'
import { until } from './real-app.ts'

/** Keeps the newest live values of a client. */
export function followLive({ socket }: ShowClient): { readonly last: LiveUpdate | undefined; readonly count: number } {
  const seen = { last: undefined as LiveUpdate | undefined, count: 0 }
  socket.on('live', (update: ServerPayload<'live'>) => {
    seen.last = update
    seen.count++
  })
  return seen
}

/** Connects a socket that only keeps the live values, also those that it gets right after its connection. */
export function watchLive(url: string, { token }: TestUser) {
  const updates: LiveUpdate[] = []
  const socket = io(url, { transports: ['websocket'], auth: { token }, reconnection: false, forceNew: true })
  socket.on('live', (update: LiveUpdate) => updates.push(update))
  return { updates, disconnect: () => socket.disconnect() }
}

export const getLive = async (url: string) => await call<LiveValues>(url, 'GET', '/v1/live')

/** Resolves with the live values when they fit. The test runner limits the time. */
export async function untilLive(url: string, fits: (values: LiveValues) => boolean): Promise<LiveValues> {
  let values = await getLive(url)
  await until(async () => {
    values = await getLive(url)
    return fits(values)
  })
  return values
}
