import type { FastifyBaseLogger } from 'fastify'
import type { House, HouseEvent } from '../room/server-room-state.ts'

/** Since when somebody is there, has the floor, and is heard, ms since the epoch; what was before this server had the room is not known. */
interface Times {
  arrivedAt?: number
  grantedAt?: number
  onAirAt?: number
}

/** Writes one line of the ordinary log for what an operator will be asked about: who asked, was answered, was on air, left, and for how long. */
export interface RoomJournal {
  /** To be called with what is about to happen, and the house as it still is. */
  note(event: HouseEvent, house: House, at: number): void
}

/** `logger` says which show it is. Coming in is logged by the gate, which knows the socket. */
export function createRoomJournal(logger: Pick<FastifyBaseLogger, 'info'>): RoomJournal {
  const people = new Map<string, Times>()
  let startedAt: number | undefined
  let interruptedAt: number | undefined

  function timesOf(userId: string): Times {
    const times = people.get(userId) ?? {}
    people.set(userId, times)
    return times
  }

  function offAir(userId: string, at: number, facts: object): void {
    const { onAirAt } = timesOf(userId)
    delete timesOf(userId).onAirAt
    if (onAirAt !== undefined) logger.info({ userId, ...facts, onAirMs: at - onAirAt }, 'off air')
  }

  function answered(house: House, userId: string, at: number, facts: object): void {
    const asked = house.room.queue.find(entry => entry.userId === userId)
    if (asked) {
      logger.info({ userId, speakRequestId: asked.requestId, ...facts, waitedMs: at - asked.requestedAt }, 'answered')
    }
  }

  function left(house: House, userId: string, at: number, how: 'gone' | 'away'): void {
    const sessionId = house.members.get(userId)?.sessionId
    const { arrivedAt } = timesOf(userId)
    // Who is away still has times of their own: their seat is kept.
    if (how === 'gone') people.delete(userId)
    else delete timesOf(userId).arrivedAt
    if (sessionId) logger.info({ userId, sessionId, how, ...since('stayedMs', arrivedAt, at) }, 'left')
  }

  return {
    note(event, house, at) {
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
          timesOf(event.member.userId).arrivedAt = at
          return
        case 'member:away':
          return left(house, event.userId, at, 'away')
        case 'member:gone':
          return left(house, event.userId, at, 'gone')
        case 'speak:requested':
          return logger.info({ userId: event.userId, speakRequestId: event.requestId }, 'asked to speak')
        case 'speak:invited':
          return logger.info({ userId: event.userId, by: event.by }, 'invited')
        case 'speak:rejected':
          return answered(house, event.userId, at, { by: event.by, accepted: false })
        case 'floor:granted':
          timesOf(event.userId).grantedAt = at
          return answered(house, event.userId, at, { by: event.by, accepted: true })
        case 'stage:joined':
          timesOf(event.userId).onAirAt ??= at
          return logger.info(
            {
              userId: event.userId,
              producerId: event.producerId,
              ...since('grantedMs', timesOf(event.userId).grantedAt, at)
            },
            'went on air'
          )
        case 'stage:suspended':
          return offAir(event.userId, at, { reason: 'suspended' })
        case 'stage:left':
          return offAir(event.userId, at, { reason: event.reason })
        case 'floor:revoked':
          return offAir(event.userId, at, { reason: event.reason, by: event.by })
      }
    }
  }
}

/** A duration of a name, where its beginning is known. */
function since(name: string, beginning: number | undefined, at: number): Record<string, number> {
  return beginning === undefined ? {} : { [name]: at - beginning }
}
