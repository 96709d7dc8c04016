import type { HeldIntake } from '../delivery/held-intake.ts'
import type { Handlers } from '../sockets/gate.ts'
import { getMembership, runCommand } from '../sockets/membership.ts'

type MemberEvent = 'mute:set' | 'mute:all' | 'cohost:set' | 'show:handOver' | 'member:remove' | 'recording:set'

export interface MemberHandlerParts {
  held?: Pick<HeldIntake, 'removed'> | undefined
}

/** Actions of hosts on members, and of members on themselves. */
export function memberHandlers({ held }: MemberHandlerParts): Pick<Handlers, MemberEvent> {
  return {
    async 'mute:set'(socket, payload) {
      await runCommand(socket, { type: 'mute:set', ...payload })
      return {}
    },
    async 'mute:all'(socket) {
      await runCommand(socket, { type: 'mute:all' })
      return {}
    },
    async 'cohost:set'(socket, payload) {
      await runCommand(socket, { type: 'cohost:set', ...payload })
      return {}
    },
    async 'show:handOver'(socket, payload) {
      await runCommand(socket, { type: 'show:handOver', ...payload })
      return {}
    },
    async 'recording:set'(socket, payload) {
      await runCommand(socket, { type: 'recording:set', ...payload })
      return {}
    },
    async 'member:remove'(socket, payload) {
      const { room } = getMembership(socket)
      await runCommand(socket, { type: 'member:remove', ...payload })
      await held?.removed(room, payload.userId)
      return {}
    }
  }
}
