import { Server, type Socket } from 'socket.io'
import type { Ack, AckData, ClientEventName, Payload } from '../../contract/client-events.ts'
import { CodedError, toWireError, type ErrorCode } from '../../contract/errors.ts'
import { evolve, isHost, roleOf, speakStateOf, type RoomState } from '../../contract/room.ts'
import type { QueueEvent, RoomEvent, StampedEvent } from '../../contract/room-events.ts'
import type { ServerEventName, ServerPayload } from '../../contract/server-events.ts'
import { defaultSettings } from '../../contract/settings.ts'
import type { Snapshot } from '../../contract/snapshot.ts'
import { receivedParameters, routerRtpCapabilities, transportAnswer } from './fake-audio.ts'
import { startScriptedRest, type ScriptedRest } from './scripted-rest.ts'

type Answer<E extends ClientEventName> = (payload: Payload<E>, socket: Socket) => AckData<E> | Promise<AckData<E>>
type Answers = { [E in ClientEventName]: Answer<E> }
interface Asked {
  event: ClientEventName
  payload: unknown
  socketId: string
  token: unknown
}

/** A server that holds one show, speaks the contract, and does and says what a test wants, wrong things too. */
export interface ScriptedServer {
  readonly url: string
  readonly rest: ScriptedRest
  /** The show as it is here. */
  room: RoomState
  /** How each command is answered; a test may replace any of them. */
  readonly answers: Answers
  /** Every command that came, in order. */
  readonly asked: Asked[]
  /** How many are connected. */
  readonly sockets: number
  /** Resolves when so many are connected, now or later. */
  untilSockets(count: number): Promise<void>
  /** When set, handshakes are refused with it. */
  refusing: ErrorCode | null
  /** The next time this command comes; the ones that are there already don't count. */
  untilAsked<E extends ClientEventName>(event: E): Promise<Payload<E>>
  /** How often this command came. */
  count(event: ClientEventName): number
  /** Something happens on stage or in the queue, and everybody is told; `untold` when the message is lost on the way. */
  happen(event: RoomEvent | QueueEvent, untold?: 'untold'): StampedEvent
  tell<E extends ServerEventName>(event: E, payload: ServerPayload<E>): void
  /** Cuts all sockets. */
  drop(): void
  close(): Promise<void>
}

/** The show's creator, who is on stage and heard; the person under test is `me`. */
export const creatorId = 'creator'

export async function startScriptedServer(options: { expiresIn?: number } = {}): Promise<ScriptedServer> {
  const rest = await startScriptedRest(options)
  const io = new Server(rest.server, { transports: ['websocket'], serveClient: false })
  const watchers = new Set<(asked: Asked) => void>()
  const counters = new Set<() => void>()
  const counted = () => {
    for (const counter of [...counters]) counter()
  }
  let transports = 0
  let consumers = 0
  let producers = 0

  function snapshot(userId = 'me'): Snapshot {
    const { room } = scripted
    const mine = (entry: { userId: string }) => isHost(room, userId) || entry.userId === userId
    return {
      ...room,
      cohostIds: [...room.cohostIds],
      stage: [...room.stage],
      queue: room.queue.filter(mine),
      invited: room.invited.filter(mine),
      commentMutedIds: [...room.commentMutedIds],
      me: { role: roleOf(room, userId), speak: speakStateOf(room, userId) },
      listenerCount: 1,
      serverTime: 5_000_000
    }
  }

  const nothing = () => ({})
  const answers: Answers = {
    'auth:refresh': () => ({ expiresAt: 0 }),
    'show:join': () => ({ snapshot: snapshot(), sessionId: 'session', media: { routerRtpCapabilities } }),
    'show:resync': () => ({ snapshot: snapshot() }),
    'show:leave': nothing,
    'show:announce': nothing,
    'speak:request': () => ({ requestId: 'r1', position: 1 }),
    'speak:cancel': nothing,
    'speak:answer': nothing,
    'speak:invite': nothing,
    'speak:respond': nothing,
    'speak:revoke': nothing,
    'speak:stepDown': nothing,
    'mute:set'({ userId, muted }) {
      scripted.happen({ type: 'mute:changed', userId, muted, by: 'me' })
      return {}
    },
    'cohost:set': nothing,
    'member:remove': nothing,
    'comment:send'({ clientId, text }) {
      return {
        comment: {
          id: `comment-${clientId}`,
          clientId,
          showId: scripted.room.showId,
          author: { id: 'me', displayName: 'me', avatarUrl: null },
          text,
          createdAt: 5_000_000
        }
      }
    },
    'comment:delete': nothing,
    'comment:mute': nothing,
    'reaction:send': nothing,
    'playback:play': () => ({ playback: scripted.room.playback }),
    'playback:next': () => ({ playback: scripted.room.playback }),
    'playback:pause': () => ({ playback: scripted.room.playback }),
    'playback:stop': () => ({ playback: scripted.room.playback }),
    'media:createTransport': () => transportAnswer(`transport-${++transports}`),
    'media:connectTransport': nothing,
    'media:restartIce': () => ({ iceParameters: transportAnswer('').iceParameters, iceServers: [] }),
    'media:closeTransport': nothing,
    'media:produce'({ muted = false }) {
      const producerId = `mine-${++producers}`
      scripted.happen({ type: 'stage:joined', userId: 'me', producerId, muted })
      return { producerId }
    },
    'media:consume'({ producerId }) {
      consumers++
      return {
        consumerId: `consumer-${consumers}-of-${producerId}`,
        producerId,
        kind: 'audio',
        rtpParameters: receivedParameters(1000 + consumers),
        userId: creatorId
      }
    },
    'media:resumeConsumer': nothing,
    'media:pauseConsumer': nothing,
    'media:closeConsumer': nothing
  }

  io.use((socket, next) => {
    const code = scripted.refusing ?? rest.check(socket.handshake.auth.token)
    if (!code) return next()
    next(Object.assign(new Error(code), { data: { code, message: code } }))
  })
  io.on('connection', socket => {
    counted()
    socket.on('disconnect', counted)
    socket.onAny(async (event: ClientEventName, payload: unknown, ack: (answer: Ack<unknown>) => void) => {
      const asked = { event, payload, socketId: socket.id, token: socket.handshake.auth.token }
      scripted.asked.push(asked)
      for (const watcher of [...watchers]) watcher(asked)
      try {
        const answer = answers[event] as (payload: unknown, socket: Socket) => unknown
        ack({ ok: true, data: await answer(payload, socket) })
      } catch (error) {
        ack({ ok: false, error: toWireError(error) })
      }
    })
  })

  const scripted: ScriptedServer = {
    url: rest.url,
    rest,
    room: firstRoom,
    answers,
    asked: [],
    get sockets() {
      return io.of('/').sockets.size
    },
    async untilSockets(count) {
      if (scripted.sockets === count) return
      await new Promise<void>(resolve => {
        const counter = () => {
          if (scripted.sockets !== count) return
          counters.delete(counter)
          resolve()
        }
        counters.add(counter)
      })
    },
    refusing: null,
    async untilAsked(event) {
      return await new Promise(resolve => {
        const watcher = (asked: Asked) => {
          if (asked.event !== event) return
          watchers.delete(watcher)
          resolve(asked.payload as Payload<typeof event>)
        }
        watchers.add(watcher)
      })
    },
    count: event => scripted.asked.filter(asked => asked.event === event).length,
    happen(event, untold) {
      const { version, queueVersion } = scripted.room
      const stamped: StampedEvent = isQueueEvent(event)
        ? { queueVersion: queueVersion + 1, at: 0, event }
        : { version: version + 1, at: 0, event }
      scripted.room = evolve(scripted.room, stamped)
      if (untold) return stamped
      if ('version' in stamped) io.emit('room:event', stamped)
      else io.emit('queue:event', stamped)
      return stamped
    },
    tell: (event, payload) => {
      io.emit(event, payload)
    },
    drop: () => io.disconnectSockets(true),
    async close() {
      io.disconnectSockets(true)
      io.engine.close()
      await rest.close()
    }
  }
  return scripted
}

function isQueueEvent(event: RoomEvent | QueueEvent): event is QueueEvent {
  return event.type.startsWith('speak:') || event.type === 'comments:muted' || event.type === 'member:unbanned'
}

/** Refuses a command. */
export function refuse(code: ErrorCode, retryAfterMs?: number): never {
  throw new CodedError(code, `refused: ${code}`, retryAfterMs === undefined ? {} : { retryAfterMs })
}

/** Somebody with the floor. */
export function seat(userId: string, producerId: string | null = null): RoomState['stage'][number] {
  return {
    userId,
    displayName: userId,
    avatarUrl: null,
    state: producerId ? 'onStage' : 'granted',
    muted: false,
    producerId
  }
}

const firstRoom: RoomState = {
  showId: 'show',
  version: 7,
  queueVersion: 3,
  status: 'live',
  until: null,
  creatorId,
  cohostIds: [],
  title: 'A show',
  description: '',
  stage: [seat(creatorId, 'voice-1')],
  queue: [],
  queueLength: 0,
  invited: [],
  commentMutedIds: [],
  playback: { status: 'stopped', item: null, positionMs: 0, at: 0, producerId: null },
  settings: defaultSettings,
  playlistVersion: 0
}
