import type { Handlers } from '../sockets/gate.ts'
import { command } from '../sockets/membership.ts'

type Speak =
  | 'speak:request'
  | 'speak:cancel'
  | 'speak:answer'
  | 'speak:invite'
  | 'speak:respond'
  | 'speak:revoke'
  | 'speak:stepDown'

/** The way to the stage and back. */
export function speakHandlers(): Pick<Handlers, Speak> {
  return {
    async 'speak:request'(socket, { reason = '' }) {
      const { room } = await command(socket, { type: 'speak:request', reason })
      const mine = room.queue.find(({ userId }) => userId === socket.data.identity.userId)
      // A co-host, or somebody invited, has the floor at once and waits nowhere.
      return mine ? { requestId: mine.requestId, position: mine.position } : { requestId: 'granted', position: 0 }
    },
    async 'speak:cancel'(socket) {
      await command(socket, { type: 'speak:cancel' })
      return {}
    },
    async 'speak:answer'(socket, answer) {
      await command(socket, { type: 'speak:answer', ...answer })
      return {}
    },
    async 'speak:invite'(socket, { userId }) {
      await command(socket, { type: 'speak:invite', userId })
      return {}
    },
    async 'speak:respond'(socket, { accept }) {
      await command(socket, { type: 'speak:respond', accept })
      return {}
    },
    async 'speak:revoke'(socket, { userId }) {
      await command(socket, { type: 'speak:revoke', userId })
      return {}
    },
    async 'speak:stepDown'(socket) {
      await command(socket, { type: 'speak:stepDown' })
      return {}
    }
  }
}
