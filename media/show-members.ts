import { CodedError } from '../contract/errors.ts'
import type { FirstPacket } from './first-packet.ts'
import { Participant, type ParticipantHost } from './participant.ts'
import type { ShowRouter } from './show-router.ts'
import type { ShowRouters } from './show-routers.ts'

/** A presence that joins; `requestedAtMs`: when it asked to join, by `performance.now()`. */
export interface JoinRequest {
  presenceId: string
  userId: string
  requestedAtMs?: number
}

export interface ShowMembersParts {
  showRouters: ShowRouters
  host: ParticipantHost
  /** Measures how long a participant waits for audio; null when that is not measured. */
  createFirstPacket(requestedAtMs: number | undefined): FirstPacket | null
}

/** A participant, and the promise that it is placed on a router. */
interface Membership {
  participant: Participant
  placed: Promise<void>
}

/** The participants of one show on this node, each with its place on a router. */
export class ShowMembers {
  readonly #parts: ShowMembersParts
  /** By presence id. */
  readonly #members = new Map<string, Membership>()

  constructor(parts: ShowMembersParts) {
    this.#parts = parts
  }

  /**
   * Places a presence on a router; a second call for the same presence returns the same participant. Throws SHOW_ENDED,
   * NOT_IN_SHOW when it left in the meantime.
   */
  async join(request: JoinRequest): Promise<Participant> {
    const member = this.#members.get(request.presenceId) ?? this.#add(request)
    await member.placed
    return member.participant
  }

  find(presenceId: string): Participant | undefined {
    return this.#members.get(presenceId)?.participant
  }

  /** Closes everything of a presence. */
  leave(presenceId: string): void {
    const participant = this.find(presenceId)
    if (!participant) return
    this.#members.delete(presenceId)
    vacate(participant)
  }

  /** Closes everything of all; may be called twice. */
  close(): void {
    for (const presenceId of [...this.#members.keys()]) this.leave(presenceId)
  }

  /** Empties the participants on these routers and places them again. Returns those with a place, by presence id. */
  async move(isAffected: (showRouter: ShowRouter) => boolean): Promise<string[]> {
    const stranded = [...this.#members.values()]
      .map(({ participant }) => participant)
      .filter(({ showRouter }) => showRouter !== null && isAffected(showRouter))
    for (const participant of stranded) {
      participant.loseTransports()
      vacate(participant)
    }
    const moves = await Promise.allSettled(stranded.map(async participant => await this.#place(participant)))
    const moved = stranded.filter((_, index) => moves[index]?.status === 'fulfilled')
    return moved.map(({ presenceId }) => presenceId)
  }

  #add({ presenceId, userId, requestedAtMs }: JoinRequest): Membership {
    const { host, createFirstPacket } = this.#parts
    const participant = new Participant({ presenceId, userId, host, firstPacket: createFirstPacket(requestedAtMs) })
    const member = { participant, placed: Promise.resolve() }
    this.#members.set(presenceId, member)
    member.placed = this.#place(participant).catch((error: unknown) => {
      if (this.#members.get(presenceId) === member) this.#members.delete(presenceId)
      throw error
    })
    return member
  }

  /**
   * Awaits nothing between choosing a router and taking a place on it, so two participants never take the last place.
   */
  async #place(participant: Participant): Promise<void> {
    const { showRouters } = this.#parts
    let showRouter = showRouters.findForParticipant()
    while (!showRouter) {
      await showRouters.grow()
      showRouter = showRouters.findForParticipant()
    }
    if (this.find(participant.presenceId) !== participant) {
      throw new CodedError('NOT_IN_SHOW', 'You left the show in the meantime.')
    }
    participant.moveTo(showRouter)
    showRouter.mediaWorker.participants++
  }
}

function vacate(participant: Participant): void {
  if (participant.showRouter) participant.showRouter.mediaWorker.participants--
  participant.close()
}
