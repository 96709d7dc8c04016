import { Server, type Socket } from 'socket.io'
import type { Ack, AckData, ClientEventName, Payload } from '../../contract/client-events.ts'
import { CodedError, toWireError, type ErrorCode } from '../../contract/errors.ts'
import { evolve, isHost, roleOf, speakStateOf, type RoomState } from '../../contract/room.ts'
import type { QueueEvent, RoomEvent, StampedEvent } from '../../contract/room-events.ts'
import type { ServerEventName, ServerPayload } from '../../contract/server-events.ts'
import { defaultSettings } from '../../contract/settings.ts'
import type { Snapshot } from '../../contract/snapshot.ts'
import { createReceivedParameters, routerRtpCapabilities, createTransportAnswer } from './fake-audio.ts'
import { startScriptedRest, type ScriptedRest } from './scripted-rest.ts'

type Handler<E extends ClientEventName> = (payload: Payload<E>, socket: Socket) => AckData<E> | Promise<AckData<E>>
type Handlers = { [E in ClientEventName]: Handler<E> }
interface ReceivedCommand {
  event: ClientEventName
  payload: unknown
  socketId: string
  token: unknown
}

/** A server with one show that speaks the contract. Tests replace its handlers and emit any event, also wrong ones. */
export interface ScriptedServer {
  readonly url: string
  readonly rest: ScriptedRest
  /** The state of the show on this server. */
  room: RoomState
  /** The handlers of commands. A test can replace any of them. */
  readonly handlers: Handlers
  /** All commands received, in order. */
  readonly commands: ReceivedCommand[]
  /** Number of connected sockets. */
  readonly socketCount: number
  /** Waits until this number of sockets is connected. */
  waitForSocketCount(count: number): Promise<void>
  /** When set, handshakes are rejected with this error. */
  handshakeError: ErrorCode | null
  /** Waits for the next command of this name and returns its payload. */
  waitForCommand<E extends ClientEventName>(event: E): Promise<Payload<E>>
  /** Returns how often this command was received. */
  countCommands(event: ClientEventName): number
  /** Applies an event to the state of the show and emits it, unless the message is lost on purpose. */
  applyEvent(event: RoomEvent | QueueEvent, delivery?: 'lost'): StampedEvent
  emit<E extends ServerEventName>(event: E, payload: ServerPayload<E>): void
  /** Closes all sockets. */
  disconnectAll(): void
  close(): Promise<void>
}

/** The creator of the show, who is on stage and speaks. The user under test is `me`. */
export const creatorId = 'creator'

export async function startScriptedServer(options: { expiresIn?: number } = {}): Promise<ScriptedServer> {
  const rest = await startScriptedRest(options)
  const io = new Server(rest.server, { transports: ['websocket'], serveClient: false })
  const watchers = new Set<(command: ReceivedCommand) => void>()
  const countWatchers = new Set<() => void>()
  const onCountChanged = () => {
    for (const watcher of [...countWatchers]) watcher()
  }
  let transportCount = 0
  let consumerCount = 0
  let producerCount = 0

  function snapshot(userId = 'me'): Snapshot {
    const { room } = scripted
    const { unrecordedIds, tags, songRequests, ...others } = room
    const isVisible = (entry: { userId: string }) => isHost(room, userId) || entry.userId === userId
    return {
      ...others,
      ...(tags && { tags: [...tags] }),
      ...(unrecordedIds && { unrecordedIds: [...unrecordedIds] }),
      ...(songRequests && { songRequests: [...songRequests] }),
      cohostIds: [...room.cohostIds],
      stage: [...room.stage],
      queue: room.queue.filter(isVisible),
      invited: room.invited.filter(isVisible),
      commentMutedIds: [...room.commentMutedIds],
      me: { role: roleOf(room, userId), speak: speakStateOf(room, userId) },
      listenerCount: 1,
      serverTime: 5_000_000
    }
  }

  const acknowledge = () => ({})
  const handlers: Handlers = {
    'auth:refresh': () => ({ expiresAt: 0 }),
    'show:join': () => ({ snapshot: snapshot(), sessionId: 'session', media: { routerRtpCapabilities } }),
    'show:resync': () => ({ snapshot: snapshot() }),
    'show:leave': acknowledge,
    'show:announce': acknowledge,
    'speak:request': () => ({ requestId: 'r1', position: 1 }),
    'speak:cancel': acknowledge,
    'speak:answer': acknowledge,
    'speak:rejectAll': acknowledge,
    'speak:invite': acknowledge,
    'speak:respond': acknowledge,
    'speak:revoke': acknowledge,
    'speak:stepDown': acknowledge,
    'mute:set'({ userId, muted }) {
      scripted.applyEvent({ type: 'mute:changed', userId, muted, by: 'me' })
      return {}
    },
    'mute:all': acknowledge,
    'cohost:set': acknowledge,
    'show:handOver': acknowledge,
    'member:remove': acknowledge,
    'recording:set': acknowledge,
    'playback:level': acknowledge,
    'jingle:play': acknowledge,
    'comment:send'({ clientId, text, replyTo }) {
      return {
        comment: {
          id: `comment-${clientId}`,
          clientId,
          showId: scripted.room.showId,
          author: { id: 'me', displayName: 'me', avatarUrl: null },
          text,
          ...(replyTo !== undefined && { replyTo: { id: replyTo, author: null, excerpt: '' } }),
          createdAt: 5_000_000
        }
      }
    },
    'comments:held': () => ({ items: [] }),
    'comment:answer': acknowledge,
    'comment:delete': acknowledge,
    'comment:mute': acknowledge,
    'comment:pin': acknowledge,
    'link:pin': acknowledge,
    'pin:remove': acknowledge,
    'poll:open': acknowledge,
    'poll:vote': acknowledge,
    'poll:close': acknowledge,
    'poll:dismiss': acknowledge,
    'song:request': acknowledge,
    'song:vote': acknowledge,
    'song:dismiss': acknowledge,
    'votes:mine': () => ({ poll: null, songIds: [] }),
    'reaction:send': acknowledge,
    'playlist:editing': acknowledge,
    'playback:play': () => ({ playback: scripted.room.playback }),
    'playback:next': () => ({ playback: scripted.room.playback }),
    'playback:pause': () => ({ playback: scripted.room.playback }),
    'playback:stop': () => ({ playback: scripted.room.playback }),
    'player:state': acknowledge,
    'media:createTransport': () => createTransportAnswer(`transport-${++transportCount}`),
    'media:connectTransport': acknowledge,
    'media:restartIce': () => ({ iceParameters: createTransportAnswer('').iceParameters, iceServers: [] }),
    'media:closeTransport': acknowledge,
    'media:produce'({ muted = false }) {
      const producerId = `mine-${++producerCount}`
      scripted.applyEvent({ type: 'stage:joined', userId: 'me', producerId, muted })
      return { producerId }
    },
    'media:consume'({ producerId }) {
      consumerCount++
      return {
        consumerId: `consumer-${consumerCount}-of-${producerId}`,
        producerId,
        kind: 'audio',
        rtpParameters: createReceivedParameters(1000 + consumerCount),
        userId: creatorId
      }
    },
    'media:resumeConsumer': acknowledge,
    'media:pauseConsumer': acknowledge,
    'media:closeConsumer': acknowledge
  }

  io.use((socket, next) => {
    const code = scripted.handshakeError ?? rest.checkAccessToken(socket.handshake.auth.token)
    if (!code) return next()
    next(Object.assign(new Error(code), { data: { code, message: code } }))
  })
  io.on('connection', socket => {
    onCountChanged()
    socket.on('disconnect', onCountChanged)
    socket.onAny(async (event: ClientEventName, payload: unknown, ack: (answer: Ack<unknown>) => void) => {
      const command = { event, payload, socketId: socket.id, token: socket.handshake.auth.token }
      scripted.commands.push(command)
      for (const watcher of [...watchers]) watcher(command)
      try {
        const handler = handlers[event] as (payload: unknown, socket: Socket) => unknown
        ack({ ok: true, data: await handler(payload, socket) })
      } catch (error) {
        ack({ ok: false, error: toWireError(error) })
      }
    })
  })

  const scripted: ScriptedServer = {
    url: rest.url,
    rest,
    room: initialRoom,
    handlers,
    commands: [],
    get socketCount() {
      return io.of('/').sockets.size
    },
    async waitForSocketCount(count) {
      if (scripted.socketCount === count) return
      await new Promise<void>(resolve => {
        const watcher = () => {
          if (scripted.socketCount !== count) return
          countWatchers.delete(watcher)
          resolve()
        }
        countWatchers.add(watcher)
      })
    },
    handshakeError: null,
    async waitForCommand(event) {
      return await new Promise(resolve => {
        const watcher = (command: ReceivedCommand) => {
          if (command.event !== event) return
          watchers.delete(watcher)
          resolve(command.payload as Payload<typeof event>)
        }
        watchers.add(watcher)
      })
    },
    countCommands: event => scripted.commands.filter(command => command.event === event).length,
    applyEvent(event, delivery) {
      const { version, queueVersion } = scripted.room
      const stamped: StampedEvent = isQueueEvent(event)
        ? { queueVersion: queueVersion + 1, at: 0, event }
        : { version: version + 1, at: 0, event }
      scripted.room = evolve(scripted.room, stamped)
      if (delivery === 'lost') return stamped
      if ('version' in stamped) io.emit('room:event', stamped)
      else io.emit('queue:event', stamped)
      return stamped
    },
    emit: (event, payload) => {
      io.emit(event, payload)
    },
    disconnectAll: () => io.disconnectSockets(true),
    async close() {
      io.disconnectSockets(true)
      io.engine.close()
      await rest.close()
    }
  }
  return scripted
}

const otherQueueEvents: ReadonlySet<string> = new Set(['comments:muted', 'member:unbanned', 'voice:recorded'])

function isQueueEvent(event: RoomEvent | QueueEvent): event is QueueEvent {
  return event.type.startsWith('speak:') || otherQueueEvents.has(event.type)
}

/** Rejects a command. */
export function reject(code: ErrorCode, retryAfterMs?: number): never {
  throw new CodedError(code, `rejected: ${code}`, retryAfterMs === undefined ? {} : { retryAfterMs })
}

/** Returns the seat of a user with the floor. */
export function seatOf(userId: string, producerId: string | null = null): RoomState['stage'][number] {
  return {
    userId,
    displayName: userId,
    avatarUrl: null,
    state: producerId ? 'onStage' : 'granted',
    muted: false,
    producerId
  }
}

const initialRoom: RoomState = {
  showId: 'show',
  version: 7,
  queueVersion: 3,
  status: 'live',
  until: null,
  creatorId,
  cohostIds: [],
  title: 'A show',
  description: '',
  stage: [seatOf(creatorId, 'voice-1')],
  queue: [],
  queueLength: 0,
  invited: [],
  commentMutedIds: [],
  playback: { status: 'stopped', item: null, positionMs: 0, at: 0, producerId: null },
  settings: defaultSettings,
  playlistVersion: 0
}
