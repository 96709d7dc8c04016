import type { FastifyBaseLogger } from 'fastify'
import type { ServerRoomEvent } from '../room/events.ts'
import { presenceOf, type ServerRoomState } from '../room/server-room-state.ts'

/**
 * When a person joined, got the floor and went on air, ms since the epoch; unknown for what happened before a restart.
 */
interface Times {
  joinedAt?: number
  grantedAt?: number
  onAirAt?: number
}

/** Logs speak requests, their answers, people going on and off air and leaving, and how long each took. */
export interface RoomJournal {
  /** Called before the event is applied, with the state before it. */
  note(event: ServerRoomEvent, state: ServerRoomState, at: number): void
}

/** `logger` carries the show's id. Joining is logged by the gate, which knows the socket. */
export function createRoomJournal(logger: Pick<FastifyBaseLogger, 'info'>): RoomJournal {
  const people = new Map<string, Times>()
  let startedAt: number | undefined
  let interruptedAt: number | undefined

  function timesOf(userId: string): Times {
    const times = people.get(userId) ?? {}
    people.set(userId, times)
    return times
  }

  function logOffAir(userId: string, at: number, facts: object): void {
    const { onAirAt } = timesOf(userId)
    delete timesOf(userId).onAirAt
    if (onAirAt !== undefined) logger.info({ userId, ...facts, onAirMs: at - onAirAt }, 'off air')
  }

  function logAnswer(state: ServerRoomState, userId: string, at: number, facts: object): void {
    const request = state.room.queue.find(entry => entry.userId === userId)
    if (!request) return
    const { requestId: speakRequestId, requestedAt } = request
    logger.info({ userId, speakRequestId, ...facts, waitedMs: at - requestedAt }, 'speak request answered')
  }

  function logLeaving(state: ServerRoomState, userId: string, at: number, how: 'gone' | 'away'): void {
    const presenceId = presenceOf(state, userId)
    const { joinedAt } = timesOf(userId)
    // The seat of a member who is away is kept, and its times with it.
    if (how === 'gone') people.delete(userId)
    else delete timesOf(userId).joinedAt
    if (presenceId) logger.info({ userId, presenceId, how, ...since('stayedMs', joinedAt, at) }, 'left')
  }

  return {
    note(event, state, at) {
      switch (event.type) {
        case 'show:started':
          startedAt = at
          return logger.info('show started')
        case 'show:interrupted':
          interruptedAt = at
          return logger.info('show interrupted')
        case 'show:resumed':
          return logger.info({ ...since('interruptedMs', interruptedAt, at) }, 'show resumed')
        case 'show:ended':
          return logger.info({ reason: event.reason, ...since('lastedMs', startedAt, at) }, 'show ended')
        case 'member:arrived':
          timesOf(event.member.userId).joinedAt = at
          return
        case 'member:away':
          return logLeaving(state, event.userId, at, 'away')
        case 'member:gone':
          return logLeaving(state, event.userId, at, 'gone')
        case 'speak:requested':
          return logger.info({ userId: event.userId, speakRequestId: event.requestId }, 'speak requested')
        case 'speak:invited':
          return logger.info({ userId: event.userId, by: event.by }, 'invited to speak')
        case 'speak:rejected':
          return logAnswer(state, event.userId, at, { by: event.by, accepted: false })
        case 'floor:granted':
          timesOf(event.userId).grantedAt = at
          return logAnswer(state, event.userId, at, { by: event.by, accepted: true })
        case 'stage:joined': {
          const { userId, producerId } = event
          timesOf(userId).onAirAt ??= at
          return logger.info({ userId, producerId, ...since('grantedMs', timesOf(userId).grantedAt, at) }, 'on air')
        }
        case 'stage:suspended':
          return logOffAir(event.userId, at, { reason: 'suspended' })
        case 'stage:left':
          return logOffAir(event.userId, at, { reason: event.reason })
        case 'floor:revoked':
          return logOffAir(event.userId, at, { reason: event.reason, by: event.by })
      }
    }
  }
}

/** A duration under a name, when its beginning is known. */
function since(name: string, beginning: number | undefined, at: number): Record<string, number> {
  return beginning === undefined ? {} : { [name]: at - beginning }
}
