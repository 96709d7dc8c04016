import type { Handlers } from '../sockets/gate.ts'
import { command } from '../sockets/membership.ts'

/** What hosts do about others, and everybody about themselves. */
export function peopleHandlers(): Pick<Handlers, 'mute:set' | 'cohost:set' | 'member:remove'> {
  return {
    async 'mute:set'(socket, mute) {
      await command(socket, { type: 'mute:set', ...mute })
      return {}
    },
    async 'cohost:set'(socket, change) {
      await command(socket, { type: 'cohost:set', ...change })
      return {}
    },
    async 'member:remove'(socket, removal) {
      await command(socket, { type: 'member:remove', ...removal })
      return {}
    }
  }
}
