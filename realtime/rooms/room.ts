import { CodedError } from '../../contract/errors.ts'
import type { Actor, Command } from '../room/commands.ts'
import type { ServerRoomState } from '../room/server-room-state.ts'

/**
 * A live show as the sockets of this node use it. Its home is here (`LiveRoom`) or on another node (`ReplicaRoom`), and
 * may move.
 */
export interface Room {
  readonly showId: string
  /** The state now. On another node than the home it is a few milliseconds old, and knows no past visitors. */
  readonly state: ServerRoomState
  /** Checks a command against the rules now, for questions that change nothing. Throws the refusal. */
  check(actor: Actor, command: Command): void
  /**
   * Carries out a command at the home, in its turn; resolves when its events are stored. Throws CodedError: the
   * refusal, or UNAVAILABLE when the home cannot be reached, or the events happened but could not be stored in time.
   * `onCommitted` runs synchronously when the state has just taken the events in, before anything later happens.
   */
  command(actor: Actor, command: Command, onCommitted?: (state: ServerRoomState) => void): Promise<void>
}

/** The home of the show moved before the command was carried out: it runs again at the new home. */
export class RoomMoved extends CodedError {
  constructor() {
    super('UNAVAILABLE', 'This show moved to another server; try again.', { retryAfterMs: 1000 })
    this.name = 'RoomMoved'
  }
}
