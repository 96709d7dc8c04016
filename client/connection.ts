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

/** Sends a command and gets its data; throws CodedError. */
export type Ask = <E extends ClientEventName>(event: E, payload: Payload<E>) => Promise<AckData<E>>

export interface ConnectionParts {
  url: string
  /** Tells the way to the server that has this show, where one is joined. */
  showId?: string
  account: Account
  clock: Clock
  /** Connected: time to join. */
  up: () => void
  /** Lost; it comes back by itself. */
  down: () => void
  /** It will not come back. */
  over: (closed: CloseReason) => void
}

/** A command that gets no answer for so long is answered UNAVAILABLE here. */
const answerWithinMs = 15_000
const waits = { firstMs: 500, longestMs: 5000 }

/** A socket that comes back by itself, with a good token, until it is closed or refused for good. */
export class Connection {
  readonly socket: ShowSocket
  readonly #parts: ConnectionParts
  readonly #backoff: Backoff
  #closed = false
  #drainMs = 0
  #token: string | null = null
  /** The server is done with that token. */
  #refusedToken = false

  constructor(parts: ConnectionParts) {
    this.#parts = parts
    this.#backoff = createBackoff(waits, parts.clock)
    // The token is fetched before each try, so what fails on the way is tried again like anything else.
    this.socket = io(parts.url, {
      transports: ['websocket'],
      query: parts.showId === undefined ? {} : { showId: parts.showId },
      autoConnect: false,
      reconnection: false,
      forceNew: true
    })
    this.socket.on('connect', () => parts.up())
    this.socket.on('connect_error', error => this.#refused(error))
    this.socket.on('disconnect', () => this.#lost())
    this.socket.on('session:expired', () => {
      this.#refusedToken = true
    })
    this.socket.on('session:drain', ({ reconnectAfterMs }) => {
      this.#drainMs = reconnectAfterMs
    })
  }

  /** The token the last try was made with. */
  get token(): string | null {
    return this.#token
  }

  /** Starts trying. */
  async open(): Promise<void> {
    if (this.#closed) return
    try {
      const { account } = this.#parts
      this.#token =
        this.#refusedToken && this.#token !== null ? await account.renew(this.#token) : await account.freshToken()
      this.#refusedToken = false
    } catch {
      return this.#comeBack()
    }
    if (this.#closed) return
    if (this.#token === null) return this.#parts.over({ reason: 'signedOut' })
    this.socket.auth = { token: this.#token }
    this.socket.connect()
  }

  /** The join worked: the next loss is followed by the shortest wait again. */
  settled(): void {
    this.#backoff.worked()
  }

  /** Gives this connection up for a new one, at the earliest after `atLeastMs`. */
  renew(atLeastMs = 0): void {
    if (this.#closed) return
    this.#drainMs = Math.max(this.#drainMs, atLeastMs)
    this.socket.disconnect()
  }

  /** For good. */
  close(): void {
    this.#closed = true
    this.#backoff.stop()
    this.socket.disconnect()
  }

  /** Never kept for later: what is asked of a lost connection fails at once, as UNAVAILABLE. */
  readonly ask: Ask = async (event, payload) => {
    if (!this.socket.connected) {
      throw new CodedError('UNAVAILABLE', 'The connection is lost; it is tried again. Try once more in a moment.')
    }
    return await ask(this.socket, event, payload)
  }

  #lost(): void {
    if (this.#closed) return
    this.#parts.down()
    this.#comeBack()
  }

  #comeBack(): void {
    if (this.#closed) return
    this.#backoff.again(() => {
      this.open()
    }, this.#drainMs)
    this.#drainMs = 0
  }

  /** The handshake was refused (`error.data` says why) or did not get through. */
  #refused(error: Error): void {
    if (this.#closed) return
    const { code, retryAfterMs = 0 }: { code?: unknown } & ErrorDetails =
      'data' in error && typeof error.data === 'object' && error.data !== null ? error.data : {}
    if (code === 'TOKEN_EXPIRED' || code === 'UNAUTHENTICATED') this.#refusedToken = true
    this.#drainMs = Math.max(this.#drainMs, retryAfterMs)
    this.#comeBack()
  }
}

async function ask<E extends ClientEventName>(typed: ShowSocket, event: E, payload: Payload<E>): Promise<AckData<E>> {
  // The typed emitter can't follow a generic event name; the table it is typed from can.
  const socket: Socket = typed
  const answer: Ack<AckData<E>> = await socket
    .timeout(answerWithinMs)
    .emitWithAck(event, payload)
    .catch(() => {
      throw new CodedError('UNAVAILABLE', 'The server did not answer. The connection may be lost; it is tried again.')
    })
  if (answer.ok) return answer.data
  const { code, message, ...extra } = answer.error
  throw new CodedError(isErrorCode(code) ? code : 'INTERNAL', message, extra)
}
