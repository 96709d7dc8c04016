import type { LiveRoom } from '../rooms/live-room.ts'
import { RoomMoved, type Room } from '../rooms/room.ts'
import type { Forwarding } from './forwarding.ts'
import type { ReplicaRoom } from './replica-room.ts'

export interface NodeRoomParts {
  showId: string
  findHome(): LiveRoom | undefined
  findReplica(): ReplicaRoom | undefined
  forwarding: Pick<Forwarding, 'command'>
}

/** A show as the sockets of this node hold it, while its home is here, elsewhere, or on its way. */
export function createNodeRoom({ showId, findHome, findReplica, forwarding }: NodeRoomParts): Room {
  let last: LiveRoom | ReplicaRoom | undefined

  /** While the home moves here, the replica still answers: the new room does not know its members yet. */
  function current(): LiveRoom | ReplicaRoom {
    last = findReplica() ?? findHome() ?? last
    if (!last) throw new RoomMoved()
    return last
  }

  return {
    showId,
    get state() {
      return current().state
    },
    check: (actor, command) => current().check(actor, command),
    async command(actor, command, onCommitted) {
      const room = current()
      if ('command' in room && (room === findHome() || room.state.room.status === 'ended')) {
        try {
          return await room.command(actor, command, onCommitted)
        } catch (error) {
          if (!(error instanceof RoomMoved)) throw error
        }
      }
      await forwarding.command(showId, actor, command, onCommitted)
    }
  }
}
