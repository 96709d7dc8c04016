import type { Notices } from '../../plugins/app/people/notices.ts'
import type { AmbientSocket } from '../sockets/socket-data.ts'

/** Returns what sends notices to the sockets of a person on this node. */
export function createPersonNotices(sockets: () => Iterable<AmbientSocket>): Notices {
  return {
    send(userId, event, payload) {
      for (const socket of sockets()) {
        const emitter: { emit(event: string, payload: unknown): unknown } = socket
        if (socket.data.identity.userId === userId) emitter.emit(event, payload)
      }
    }
  }
}
