import { io, type Socket } from 'socket.io-client'
import type { Ack, AckData, ClientEventName, ClientToServerEvents, Payload } from '../contract/client-events.ts'
import type { ErrorCode } from '../contract/errors.ts'
import type { StampedQueueEvent, StampedRoomEvent } from '../contract/room-events.ts'
import type { ServerEventName, ServerPayload, ServerToClientEvents } from '../contract/server-events.ts'
import type { Show } from '../contract/shows.ts'
import type { Snapshot } from '../contract/snapshot.ts'

/** A signed-in user, known by an access token. Speaks REST and the socket protocol directly, without the SDK. */
export interface TestUser {
  readonly id: string
  readonly token: string
  rest<T>(method: string, path: string, body?: object): Promise<T>
  connect(): Promise<ShowClient>
}

/** A connected socket that sends commands and keeps every event from the server. */
export interface ShowClient {
  readonly socket: Socket<ServerToClientEvents, ClientToServerEvents>
  readonly roomEvents: StampedRoomEvent[]
  readonly queueEvents: StampedQueueEvent[]
  /** Sends any payload under any name and returns the ack unchanged. */
  requestRaw(event: string, ...payload: unknown[]): Promise<Ack<unknown>>
  /** Returns the data of a command that succeeds. Throws when it is rejected. */
  request<E extends ClientEventName>(event: E, payload: Payload<E>): Promise<AckData<E>>
  /** Returns the error code of a command that is rejected. Throws when it succeeds. */
  requestError(event: string, payload: unknown): Promise<ErrorCode>
  /** Waits for the next message of this name. */
  nextMessage<E extends ServerEventName>(event: E): Promise<ServerPayload<E>>
  /** Returns the first room or queue event of this type, and waits for it when it has not arrived yet. */
  waitForEvent(
    type: string,
    matches?: (event: StampedRoomEvent['event'] | StampedQueueEvent['event']) => boolean
  ): Promise<StampedRoomEvent | StampedQueueEvent>
  join(showId: string): Promise<Snapshot>
  disconnect(): void
}

/** Signs in a new user. */
export async function signIn(url: string, displayName: string): Promise<TestUser> {
  return await signInAt(url, '/v1/auth/dev-login', { displayName })
}

/** Signs in a new guest. The server must have AUTH_GUESTS on. */
export async function signInAsGuest(url: string): Promise<TestUser> {
  return await signInAt(url, '/v1/auth/guest', {})
}

async function signInAt(url: string, path: string, body: object): Promise<TestUser> {
  const { accessToken: token, user } = await call<{ accessToken: string; user: { id: string } }>(
    url,
    'POST',
    path,
    body
  )
  return {
    id: user.id,
    token,
    rest: async (method, path, body) => await call(url, method, path, body, token),
    connect: async () => await connectClient(url, token)
  }
}

/** Starts a show of a new creator, who has joined it. */
export async function goLive(
  url: string,
  title = 'A show',
  settings: object = {}
): Promise<{ creator: TestUser; client: ShowClient; showId: string }> {
  const creator = await signIn(url, 'Creator')
  const { id: showId } = await creator.rest<Show>('POST', '/v1/shows', { title, settings })
  await creator.rest('POST', `/v1/shows/${showId}/start`)
  const client = await creator.connect()
  await client.join(showId)
  return { creator, client, showId }
}

/** Signs in a new user who joins the show. */
export async function joinShow(
  url: string,
  showId: string,
  displayName = 'Listener'
): Promise<{ user: TestUser; client: ShowClient }> {
  const user = await signIn(url, displayName)
  const client = await user.connect()
  await client.join(showId)
  return { user, client }
}

/** Requests the floor for the speaker and has the host accept the request. */
export async function grantFloor(host: ShowClient, speaker: ShowClient): Promise<void> {
  const { requestId } = await speaker.request('speak:request', {})
  await host.request('speak:answer', { requestId, accept: true })
}

export async function call<T>(url: string, method: string, path: string, body?: object, token?: string): Promise<T> {
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

/** Connects a user's socket. With several nodes, the query of the handshake routes it to the show's node. */
export async function connectClient(url: string, token: string, query: { showId?: string } = {}): Promise<ShowClient> {
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

  // The types allow only valid payloads; tests of attacks send others.
  const untyped = socket as Socket
  const requestRaw = async (event: string, ...payload: unknown[]) =>
    await untyped.timeout(10_000).emitWithAck(event, ...payload)

  return {
    socket,
    roomEvents,
    queueEvents,
    requestRaw,
    async request(event, payload) {
      const ack = await requestRaw(event, payload)
      if (!ack.ok) throw new Error(`${event} was rejected: ${ack.error.code} ${ack.error.message}`)
      return ack.data
    },
    async requestError(event, payload) {
      const ack = await requestRaw(event, payload)
      if (ack.ok) throw new Error(`${event} succeeded, expected a rejection`)
      return ack.error.code
    },
    nextMessage: async event => await new Promise(resolve => untyped.once<string>(event, resolve)),
    async waitForEvent(type, matches = () => true) {
      const isMatch = (stamped: StampedRoomEvent | StampedQueueEvent) =>
        stamped.event.type === type && matches(stamped.event)
      const received = [...roomEvents, ...queueEvents].find(isMatch)
      if (received) return received
      return await new Promise(resolve => {
        const listener = (stamped: StampedRoomEvent | StampedQueueEvent) => {
          if (!isMatch(stamped)) return
          socket.off('room:event', listener)
          socket.off('queue:event', listener)
          resolve(stamped)
        }
        socket.on('room:event', listener)
        socket.on('queue:event', listener)
      })
    },
    async join(showId) {
      const ack = (await requestRaw('show:join', { showId })) as Ack<AckData<'show:join'>>
      if (!ack.ok) throw new Error(`show:join was rejected: ${ack.error.code}`)
      return ack.data.snapshot
    },
    disconnect: () => socket.disconnect()
  }
}
