import { io, type Socket } from 'socket.io-client'
import type { Ack, AckData, ClientEventName, ClientToServerEvents, Payload } from '../contract/client-events.ts'
import { CodedError, type ErrorDetails } from '../contract/errors.ts'
import type { ServerToClientEvents } from '../contract/server-events.ts'
import type { Account } from './account.ts'
import { createBackoff, type Backoff } from './backoff.ts'
import type { Clock } from './clock.ts'
import { isErrorCode } from './request.ts'
import type { CloseReason } from './room-view.ts'

export type ShowSocket = Socket<ServerToClientEvents, ClientToServerEvents>

/** Sends a command and returns the data of its acknowledgement. Throws CodedError. */
export type SendCommand = <E extends ClientEventName>(event: E, payload: Payload<E>) => Promise<AckData<E>>

export interface ConnectionParts {
  url: string
  /** The show to join, as a routing hint to the server that runs it. */
  showId?: string
  account: Account
  clock: Clock
  /** The socket is connected and can join its show. */
  onConnected: () => void
  /** The connection is lost and will be opened again. */
  onLost: () => void
  /** The connection is closed and will not be opened again. */
  onClosed: (reason: CloseReason) => void
}

/** A command without an acknowledgement fails with UNAVAILABLE after this time. */
const ackTimeoutMs = 15_000
const delays = { firstMs: 500, maxMs: 5000 }

/** A socket that reconnects with a valid token until it is closed or the user is signed out. */
export class Connection {
  readonly socket: ShowSocket
  readonly #parts: ConnectionParts
  readonly #backoff: Backoff
  #isClosed = false
  /** Minimum delay before the next attempt, as requested by the server. */
  #minDelayMs = 0
  #token: string | null = null
  /** Whether the server rejected `#token` or closed the socket because the token expired. */
  #isTokenRejected = false

  constructor(parts: ConnectionParts) {
    this.#parts = parts
    this.#backoff = createBackoff(delays, parts.clock)
    // Socket.IO does not reconnect by itself, because each attempt needs a valid token first.
    this.socket = io(parts.url, {
      transports: ['websocket'],
      query: parts.showId === undefined ? {} : { showId: parts.showId },
      autoConnect: false,
      reconnection: false,
      forceNew: true
    })
    this.socket.on('connect', () => parts.onConnected())
    this.socket.on('connect_error', error => this.#onConnectError(error))
    this.socket.on('disconnect', () => this.#onDisconnect())
    this.socket.on('session:expired', () => {
      this.#isTokenRejected = true
    })
    this.socket.on('session:drain', ({ reconnectAfterMs }) => {
      this.#minDelayMs = reconnectAfterMs
    })
  }

  /** The token of the last attempt. */
  get token(): string | null {
    return this.#token
  }

  /** Starts connecting. */
  async open(): Promise<void> {
    if (this.#isClosed) return
    try {
      const { account } = this.#parts
      this.#token =
        this.#isTokenRejected && this.#token !== null ? await account.renew(this.#token) : await account.freshToken()
      this.#isTokenRejected = false
    } catch (error) {
      if (error instanceof CodedError) this.#waitAtLeast(error.retryAfterMs)
      return this.#scheduleReconnect()
    }
    if (this.#isClosed) return
    if (this.#token === null) return this.#parts.onClosed({ reason: 'signedOut' })
    this.socket.auth = { token: this.#token }
    this.socket.connect()
  }

  /** Called after a successful join: the delays start again from the first. */
  resetBackoff(): void {
    this.#backoff.reset()
  }

  /** Replaces this connection with a new one, after at least `minDelayMs`. */
  reconnect(minDelayMs = 0): void {
    if (this.#isClosed) return
    this.#waitAtLeast(minDelayMs)
    this.socket.disconnect()
  }

  /** Closes the connection for good. */
  close(): void {
    this.#isClosed = true
    this.#backoff.cancel()
    this.socket.disconnect()
  }

  /** Sends a command. Throws UNAVAILABLE at once when the connection is lost: commands are not kept for later. */
  readonly sendCommand: SendCommand = async (event, payload) => {
    if (!this.socket.connected) throw connectionLostError()
    return await emitCommand(this.socket, event, payload)
  }

  #onDisconnect(): void {
    if (this.#isClosed) return
    this.#parts.onLost()
    this.#scheduleReconnect()
  }

  #scheduleReconnect(): void {
    if (this.#isClosed) return
    this.#backoff.schedule(() => {
      this.open()
    }, this.#minDelayMs)
    this.#minDelayMs = 0
  }

  /** The handshake was rejected, with the reason in `error.data`, or did not reach the server. */
  #onConnectError(error: Error): void {
    if (this.#isClosed) return
    const { code, retryAfterMs }: { code?: unknown } & ErrorDetails =
      'data' in error && typeof error.data === 'object' && error.data !== null ? error.data : {}
    if (code === 'TOKEN_EXPIRED' || code === 'UNAUTHENTICATED') this.#isTokenRejected = true
    this.#waitAtLeast(retryAfterMs)
    this.#scheduleReconnect()
  }

  #waitAtLeast(delayMs = 0): void {
    this.#minDelayMs = Math.max(this.#minDelayMs, delayMs)
  }
}

async function emitCommand<E extends ClientEventName>(
  typedSocket: ShowSocket,
  event: E,
  payload: Payload<E>
): Promise<AckData<E>> {
  // The typed emitter does not accept a generic event name, so the type of the answer comes from the event table.
  const socket: Socket = typedSocket
  const answer: Ack<AckData<E>> = await socket
    .timeout(ackTimeoutMs)
    .emitWithAck(event, payload)
    .catch(() => {
      throw new CodedError('UNAVAILABLE', 'The server did not answer. Check the connection and try again.')
    })
  if (answer.ok) return answer.data
  const { code, message, ...details } = answer.error
  throw new CodedError(isErrorCode(code) ? code : 'INTERNAL', message, details)
}

/** The error of a command while there is no connection. */
export function connectionLostError(): CodedError {
  return new CodedError('UNAVAILABLE', 'The connection is lost. Try again in a moment.')
}
