import { io, type Socket } from 'socket.io-client'
import type { ServerToClientEvents } from '../contract/server-events.ts'

/** The announcements that a socket gets, in order. */
export interface Announced {
  readonly texts: string[]
  /** Ids of those that have ended. */
  readonly ended: string[]
}

/** Connects a socket and keeps the announcements that it gets, from its first message on. */
export async function connectAnnounced(url: string, token: string): Promise<Announced> {
  const socket: Socket<ServerToClientEvents> = io(url, {
    transports: ['websocket'],
    auth: { token },
    reconnection: false,
    forceNew: true
  })
  const got = keepAnnounced(socket)
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('connect_error', reject)
  })
  return got
}

/** Keeps the announcements that a connected socket gets from now on. */
export function keepAnnounced(socket: Pick<Socket<ServerToClientEvents>, 'on'>): Announced {
  const got: Announced = { texts: [], ended: [] }
  socket.on('announcement', ({ text }) => got.texts.push(text))
  socket.on('announcement:ended', ({ id }) => got.ended.push(id))
  return got
}
