import { EventEmitter } from 'node:events'
import type { Ack, AckData, ClientEventName, Payload } from '../../../contract/client-events.ts'
import type { ServerEventName, ServerPayload } from '../../../contract/server-events.ts'
import type { AmbientServer, AmbientSocket, SocketData } from '../../../realtime/sockets/socket-data.ts'
import { profile } from '../room/people.ts'
import { standIn } from './stand-in.ts'

/** A message as a client receives it. */
export type Message = { [E in ServerEventName]: { event: E; payload: ServerPayload<E> } }[ServerEventName]

/** A command that was sent, and every answer to it. */
export interface SentRequest {
  readonly event: string
  readonly answers: Ack<unknown>[]
}

type Listener = (event: string, ...args: unknown[]) => unknown

/** Socket.io's server as `realtime/` uses it, without a network: rooms, and sockets in them. */
export class FakeIo {
  readonly rooms = new Map<string, Set<string>>()
  readonly adapter = Object.assign(new EventEmitter(), { rooms: this.rooms })
  readonly sockets = new Map<string, FakeSocket>()
  /** Every message that was sent, in order. A message to many sockets is here once. */
  readonly sent: Message[] = []
  /** Called with every message at the moment it is sent, once. */
  onMessage: (message: Message) => void = () => {}

  get server(): AmbientServer {
    return standIn(this)
  }
  get local() {
    return { to: (rooms: string[]) => this.#emitter(rooms) }
  }
  of() {
    return { adapter: this.adapter, sockets: this.sockets }
  }

  record(message: Message): void {
    this.sent.push(message)
    this.onMessage(message)
  }

  /** Puts a socket into a show before its first one. It never leaves, and records what is sent to everybody. */
  observe(room: string): void {
    if (!/^show:[^:]+$/.test(room) || this.rooms.get(room)?.size) return
    const observer = new FakeSocket(this, `observer of ${room}`, 'observer', message => this.record(message))
    this.rooms.set(room, new Set([observer.id]))
  }

  #emitter(rooms: string[]) {
    const emit = (event: string, payload: unknown) => {
      const message: Message = standIn({ event, payload })
      this.record(message)
      const ids = new Set(rooms.flatMap(room => [...(this.rooms.get(room) ?? [])]))
      for (const id of ids) this.sockets.get(id)?.received.push(message)
    }
    return { emit }
  }
}

/** A client's socket, with both of its ends. */
export class FakeSocket extends EventEmitter {
  readonly id: string
  readonly data: SocketData
  /** Takes what is sent to everybody in a show. */
  readonly conn = Object.assign(new EventEmitter(), {
    transport: { writable: true },
    write: (encoded: string) => this.#receive(decoded(encoded))
  })
  readonly received: (Message | { event: 'snapshot'; version: number })[] = []
  readonly requests: SentRequest[] = []
  connected = true
  readonly rooms = new Set<string>()
  readonly #io: FakeIo
  readonly #receive: (message: Message) => void
  #listener: Listener = () => {}

  constructor(io: FakeIo, id: string, userId: string, receive?: (message: Message) => void) {
    super()
    this.#io = io
    this.#receive = receive ?? (message => this.received.push(message))
    this.id = id
    this.data = {
      identity: { ...profile(userId), signInId: `sign-in-${userId}` },
      expiresAtMs: Infinity,
      membership: null,
      playerSongId: null,
      recipient: standIn({ id, conn: this.conn, direct: null })
    }
    io.sockets.set(id, this)
    this.join([id])
  }

  get socket(): AmbientSocket {
    return standIn(this)
  }
  onAny(listener: Listener): void {
    this.#listener = listener
  }

  join(rooms: string[]): void {
    for (const room of rooms) {
      this.#io.observe(room)
      this.#io.rooms.set(room, (this.#io.rooms.get(room) ?? new Set()).add(this.id))
      this.rooms.add(room)
      this.#io.adapter.emit('join-room', room, this.id)
    }
  }

  leave(room: string): void {
    this.#io.rooms.get(room)?.delete(this.id)
    this.rooms.delete(room)
    this.#io.adapter.emit('leave-room', room, this.id)
  }

  /** Ends the connection, from either side. */
  disconnect(): void {
    if (!this.connected) return
    this.connected = false
    for (const room of [...this.rooms]) this.leave(room)
    this.#io.sockets.delete(this.id)
    this.emit('disconnect')
  }

  /** Sends a command and resolves with its first answer; null when the connection has ended. */
  async request<E extends ClientEventName>(event: E, payload: Payload<E>): Promise<Ack<AckData<E>> | null> {
    if (!this.connected) return null
    const request: SentRequest = { event, answers: [] }
    this.requests.push(request)
    return await new Promise(resolve => {
      this.#listener(event, payload, (answer: Ack<AckData<E>>) => {
        request.answers.push(answer)
        if (answer.ok && 'snapshot' in answer.data) {
          this.received.push({ event: 'snapshot', version: answer.data.snapshot.version })
        }
        resolve(answer)
      })
    })
  }
}

let lastDecoded: { encoded: string; message: Message } | undefined

/** Returns the message of an encoded packet, which all sockets of a show get. */
function decoded(encoded: string): Message {
  if (lastDecoded?.encoded === encoded) return lastDecoded.message
  const [event, payload]: [string, unknown] = JSON.parse(encoded.slice(encoded.indexOf('[')))
  const message: Message = standIn({ event, payload })
  lastDecoded = { encoded, message }
  return message
}
