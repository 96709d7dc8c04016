import { io, type Socket } from 'socket.io-client'
import type { Ack, AckData, ClientEventName, ClientToServerEvents, Payload } from '../contract/client-events.ts'
import type { ErrorCode } from '../contract/errors.ts'
import type { StampedQueueEvent, StampedRoomEvent } from '../contract/room-events.ts'
import type { ServerEventName, ServerPayload, ServerToClientEvents } from '../contract/server-events.ts'
import type { Show } from '../contract/shows.ts'
import type { Snapshot } from '../contract/snapshot.ts'

/** Somebody signed in, known by their access token; speaks the wire by hand, without the SDK. */
export interface Somebody {
  readonly id: string
  readonly token: string
  rest<T>(method: string, path: string, body?: object): Promise<T>
  connect(): Promise<Seat>
}

/** A socket in the hand: commands with their answers, and everything the server said. */
export interface Seat {
  readonly socket: Socket<ServerToClientEvents, ClientToServerEvents>
  readonly roomEvents: StampedRoomEvent[]
  readonly queueEvents: StampedQueueEvent[]
  /** Sends anything under any name; the answer as it came. */
  raw(event: string, ...payload: unknown[]): Promise<Ack<unknown>>
  /** The data of a command that succeeds; throws when it is refused. */
  ask<E extends ClientEventName>(event: E, payload: Payload<E>): Promise<AckData<E>>
  /** The code a command is refused with; throws when it succeeds. */
  refused(event: string, payload: unknown): Promise<ErrorCode>
  /** The next time the server says this. */
  next<E extends ServerEventName>(event: E): Promise<ServerPayload<E>>
  /** The room or queue event of this type, now or when it comes. */
  happened(
    type: string,
    matches?: (event: StampedRoomEvent['event'] | StampedQueueEvent['event']) => boolean
  ): Promise<StampedRoomEvent | StampedQueueEvent>
  join(showId: string): Promise<Snapshot>
  leave(): void
}

/** Signs a new person in. */
export async function signIn(url: string, displayName: string): Promise<Somebody> {
  return await comeIn(url, '/v1/auth/dev-login', { displayName })
}

/** A new guest, where guests are let in. */
export async function comeAsGuest(url: string): Promise<Somebody> {
  return await comeIn(url, '/v1/auth/guest', {})
}

async function comeIn(url: string, door: string, body: object): Promise<Somebody> {
  const { accessToken: token, user } = await call<{ accessToken: string; user: { id: string } }>(
    url,
    'POST',
    door,
    body
  )
  return {
    id: user.id,
    token,
    rest: async (method, path, body) => await call(url, method, path, body, token),
    connect: async () => await connect(url, token)
  }
}

/** A creator whose show is live, sitting in it. */
export async function goLive(
  url: string,
  title = 'A show',
  settings: object = {}
): Promise<{ creator: Somebody; seat: Seat; showId: string }> {
  const creator = await signIn(url, 'Creator')
  const { id: showId } = await creator.rest<Show>('POST', '/v1/shows', { title, settings })
  await creator.rest('POST', `/v1/shows/${showId}/start`)
  const seat = await creator.connect()
  await seat.join(showId)
  return { creator, seat, showId }
}

/** A new person in the show. */
export async function enter(
  url: string,
  showId: string,
  displayName = 'Listener'
): Promise<{ person: Somebody; seat: Seat }> {
  const person = await signIn(url, displayName)
  const seat = await person.connect()
  await seat.join(showId)
  return { person, seat }
}

/** Asks for the floor and gets it. */
export async function takeFloor(host: Seat, guest: Seat): Promise<void> {
  const { requestId } = await guest.ask('speak:request', {})
  await host.ask('speak:answer', { requestId, accept: true })
}

async function call<T>(url: string, method: string, path: string, body?: object, token?: string): Promise<T> {
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(body && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` })
    },
    ...(body && { body: JSON.stringify(body) })
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`)
  return JSON.parse(text || 'null')
}

/** A socket of somebody; the handshake's query tells the way to the node of a show where there are several. */
export async function connect(url: string, token: string, query: { showId?: string } = {}): Promise<Seat> {
  const socket: Socket<ServerToClientEvents, ClientToServerEvents> = io(url, {
    transports: ['websocket'],
    auth: { token },
    query,
    reconnection: false,
    forceNew: true
  })
  const roomEvents: StampedRoomEvent[] = []
  const queueEvents: StampedQueueEvent[] = []
  socket.on('room:event', event => {
    roomEvents.push(event)
  })
  socket.on('queue:event', event => {
    queueEvents.push(event)
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('connect_error', reject)
  })

  // The typed emitter can't send what the types forbid, and attacks must.
  const wild = socket as Socket
  const raw = async (event: string, ...payload: unknown[]) => await wild.timeout(10_000).emitWithAck(event, ...payload)

  return {
    socket,
    roomEvents,
    queueEvents,
    raw,
    async ask(event, payload) {
      const answer = await raw(event, payload)
      if (!answer.ok) throw new Error(`${event} was refused: ${answer.error.code} ${answer.error.message}`)
      return answer.data
    },
    async refused(event, payload) {
      const answer = await raw(event, payload)
      if (answer.ok) throw new Error(`${event} succeeded where it should be refused`)
      return answer.error.code
    },
    next: async event => await new Promise(resolve => wild.once<string>(event, resolve)),
    async happened(type, matches = () => true) {
      const fits = (stamped: StampedRoomEvent | StampedQueueEvent) =>
        stamped.event.type === type && matches(stamped.event)
      const already = [...roomEvents, ...queueEvents].find(fits)
      if (already) return already
      return await new Promise(resolve => {
        const look = (stamped: StampedRoomEvent | StampedQueueEvent) => {
          if (!fits(stamped)) return
          socket.off('room:event', look)
          socket.off('queue:event', look)
          resolve(stamped)
        }
        socket.on('room:event', look)
        socket.on('queue:event', look)
      })
    },
    async join(showId) {
      const answer = (await raw('show:join', { showId })) as Ack<AckData<'show:join'>>
      if (!answer.ok) throw new Error(`show:join was refused: ${answer.error.code}`)
      return answer.data.snapshot
    },
    leave: () => socket.disconnect()
  }
}
