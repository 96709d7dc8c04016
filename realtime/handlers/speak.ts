import type { Handlers } from '../sockets/gate.ts'
import { runCommand } from '../sockets/membership.ts'

type SpeakEvent =
  | 'speak:request'
  | 'speak:cancel'
  | 'speak:answer'
  | 'speak:rejectAll'
  | 'speak:invite'
  | 'speak:respond'
  | 'speak:revoke'
  | 'speak:stepDown'

/** Speak requests, invitations, and giving the floor back. */
export function speakHandlers(): Pick<Handlers, SpeakEvent> {
  return {
    async 'speak:request'(socket, { reason = '' }) {
      const { room } = await runCommand(socket, { type: 'speak:request', reason })
      const entry = room.queue.find(({ userId }) => userId === socket.data.identity.userId)
      // A co-host or an invited person gets the floor at once and does not wait in the queue.
      return entry ? { requestId: entry.requestId, position: entry.position } : { requestId: 'granted', position: 0 }
    },
    async 'speak:cancel'(socket) {
      await runCommand(socket, { type: 'speak:cancel' })
      return {}
    },
    async 'speak:answer'(socket, payload) {
      await runCommand(socket, { type: 'speak:answer', ...payload })
      return {}
    },
    async 'speak:rejectAll'(socket, payload) {
      await runCommand(socket, { type: 'speak:rejectAll', ...payload })
      return {}
    },
    async 'speak:invite'(socket, { userId }) {
      await runCommand(socket, { type: 'speak:invite', userId })
      return {}
    },
    async 'speak:respond'(socket, { accept }) {
      await runCommand(socket, { type: 'speak:respond', accept })
      return {}
    },
    async 'speak:revoke'(socket, { userId }) {
      await runCommand(socket, { type: 'speak:revoke', userId })
      return {}
    },
    async 'speak:stepDown'(socket) {
      await runCommand(socket, { type: 'speak:stepDown' })
      return {}
    }
  }
}
